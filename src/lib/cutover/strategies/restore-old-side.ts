import { toldInFull } from '../../errors/told-in-full.ts';
import type { Side } from '../../promotion/journal.ts';
import { unlessNotStanding } from '../../targets/failures.ts';
import { type Instance, type InstanceState, standing } from '../../targets/instance.ts';
import { pairInstances } from '../carry-context.ts';
import { carryBack } from '../carry-over.ts';
import type { CutoverContext } from '../context.ts';
import { isOfSide, restorableInstances, sideInstances } from '../sides.ts';
import type { KnownInstance } from '../slot-instances.ts';
import { activeInstances, knownInstances, runFlowsAgain, successorOf, ungate } from '../slot-instances.ts';

/** What can run its flows at once. */
const ready: readonly InstanceState[] = ['quiesced', ...standing];

/**
 * Has the old side's flows run again, and the new side's no longer. Nobody handles anything meanwhile: whoever can goes on before others
 * are waited for, and one that does not come up is in no other's way.
 * @throws Error where none of the old side can
 */
export async function restoreOldSide(context: CutoverContext): Promise<void> {
	const { target, environment, from } = context;
	const old = await restorableInstances(target, context);
	const handedBack = await takeBack(context, old);
	if (!from) return;
	if (environment.mode === 'hot-spare') await oneGoesOn(context, from, old, handedBack);
	else await eachGoesOn(context, from, old, handedBack);
}

/** The new side lets go of its seats. @returns those that held one */
async function takeBack({ target, environment, from, to }: CutoverContext, old: Instance[]): Promise<KnownInstance[]> {
	const timeoutMs = environment.timeouts.handOverMs;
	const next = await sideInstances(target, to);
	await ungate(next, timeoutMs);
	// A hot spare of the old side would go on from where that ended: the new side has handled what came since.
	await ungate(old, timeoutMs);
	const active = await activeInstances(next);
	const successors = from ? await knownInstances(await sideInstances(target, from)) : [];
	for (const { instance, status } of active) await instance.demote({ handOverTo: successorOf(status.seat, successors), timeoutMs });
	return active;
}

/** In hot-spare mode: of those that compete for the seat, whoever has it. */
async function oneGoesOn(context: CutoverContext, from: Side, old: Instance[], handedBack: KnownInstance[]): Promise<void> {
	// Of a slot that it shares with the other side, none of that.
	const able = await inState(
		old.filter(({ name }) => !isOfSide(context.to, name)),
		ready,
	);
	const hasGoneOn = able.length > 0 && !(await faultOf(goOn(context, old, handedBack)));
	await startOthers(context, from);
	if (hasGoneOn) return;
	// What was carried to one that did not go on counts no more.
	context.report.contextBack = null;
	await goOn(context, old, handedBack);
}

/** In load-balanced mode: each at its own seat, with the context that its counterpart has made of its own. */
async function eachGoesOn(context: CutoverContext, from: Side, old: Instance[], handedBack: KnownInstance[]): Promise<void> {
	const early = await inState(old, ready);
	const ofEarly = handedBack.filter(({ instance }) => pairInstances([instance], early, 'load-balanced').some(({ to }) => to !== null));
	const before = await faultOf(goOn(context, early, ofEarly));
	const lost = await startOthers(context, from);
	// Also what had to be ended with its flows just now.
	const late = await inState(old, ready, 'active');
	const ofLate = handedBack.filter((each) => !ofEarly.includes(each));
	const fault = await faultOf(goOn(context, late, ofLate));
	if ((await activeInstances(old)).length === 0) throw fault ?? before ?? lost ?? new Error(`no instance of ${from.slot} stands`);
	if (fault) context.report.remarks.push(toldInFull(fault));
}

/** Their runners may have ended meanwhile, or have been down from the beginning. @returns why one does not come up, which is told, too */
async function startOthers({ target, report, progress }: CutoverContext, { slot }: Side): Promise<Error | null> {
	const lost = await unlessNotStanding(() => target.start(slot, progress));
	if (lost) report.remarks.push(toldInFull(lost));
	return lost;
}

async function goOn(context: CutoverContext, old: Instance[], handedBack: KnownInstance[]): Promise<void> {
	await carryBack(context, handedBack, await knownInstances(old));
	// An autoscaler may have taken some away by now; what it adds becomes active by itself.
	const there = new Set((await restorableInstances(context.target, context)).map(({ name }) => name));
	await runFlowsAgain(
		old.filter(({ name }) => there.has(name)),
		context.environment,
	);
}

async function inState(instances: Instance[], states: readonly InstanceState[], except?: InstanceState): Promise<Instance[]> {
	const known = await knownInstances(instances);
	return known.filter(({ status: { state } }) => states.includes(state) && state !== except).map(({ instance }) => instance);
}

async function faultOf(work: Promise<void>): Promise<unknown> {
	return await work.then(
		() => null,
		(error: unknown) => error,
	);
}
