import { toldInFull } from '../../errors/told-in-full.ts';
import type { Side } from '../../promotion/journal.ts';
import { unlessNotStanding } from '../../targets/failures.ts';
import { type Instance, type InstanceState, standing } from '../../targets/instance.ts';
import { areCounterparts, type ContextReport, sumOf } from '../carry-context.ts';
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
	const { environment, report, to } = context;
	async function goOn(): Promise<void> {
		report.contextBack = await carryBack(context, handedBack, await knownInstances(old));
		await runFlowsAgain(old, environment);
	}
	// Of a slot that it shares with the other side, none of that.
	const able = (await knownInstances(old)).filter(({ instance, status }) => !isOfSide(to, instance.name) && ready.includes(status.state));
	const hasGoneOn = able.length > 0 && (await succeeds(goOn()));
	await startOthers(context, from);
	if (!hasGoneOn) await goOn();
}

/** In load-balanced mode: each at its own seat, with the context that its counterpart has made of its own. */
async function eachGoesOn(context: CutoverContext, from: Side, old: Instance[], handedBack: KnownInstance[]): Promise<void> {
	const { environment, report } = context;
	/** What came to each that was to go on, by its holder: a runner that died has lost what it was given. */
	const carried = new Map<string, ContextReport | null>();
	async function goOn(known: KnownInstance): Promise<void> {
		const { instance, status } = known;
		const counterparts = handedBack.filter((each) => areCounterparts(each.instance, instance));
		// Once: flows that ran for a moment may have made more of it.
		if (!carried.has(status.holder)) carried.set(status.holder, await carryBack(context, counterparts, [known]));
		await runFlowsAgain([instance], environment);
	}

	const early = (await stillThere(context, old)).filter(({ status }) => ready.includes(status.state) && status.state !== 'active');
	await Promise.allSettled(early.map(goOn));
	const lost = await startOthers(context, from);
	const results = await Promise.allSettled(worthWaitingFor(await stillThere(context, old)).map(goOn));
	const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));

	const listed = await stillListed(context, old);
	const there = await knownInstances(listed);
	const given = there.filter(({ status }) => carried.has(status.holder));
	const without = handedBack.filter((each) => !given.some(({ instance }) => areCounterparts(each.instance, instance)));
	report.contextBack = sumOf([...given.map(({ status }) => carried.get(status.holder) ?? null), await carryBack(context, without, [])]);
	const active = there.filter(({ status }) => status.state === 'active').map(({ instance }) => instance.name);
	if (active.length === 0) throw faults[0] ?? lost ?? new Error(`no instance of ${from.slot} runs its flows`);
	report.remarks.push(...faults.map(toldInFull));
	const idle = listed.map(({ name }) => name).filter((name) => !active.includes(name));
	if (idle.length === 0) return;
	report.remarks.push(
		`not all instances run the flows again: ${idle.join(', ')} is left; flowferry up ${environment.name} starts what has ended`,
	);
}

/** An autoscaler may have taken some away by now; what it adds becomes active by itself. */
async function stillListed(context: CutoverContext, old: Instance[]): Promise<Instance[]> {
	const listed = new Set((await restorableInstances(context.target, context)).map(({ name }) => name));
	return old.filter(({ name }) => listed.has(name));
}

async function stillThere(context: CutoverContext, old: Instance[]): Promise<KnownInstance[]> {
	return await knownInstances(await stillListed(context, old));
}

/**
 * Of those that do not run their flows, whom to tell to: also one that is just ending, or starting. One that ends again and again would have
 * requests wait that others can answer.
 */
function worthWaitingFor(there: KnownInstance[]): KnownInstance[] {
	const isServed = there.some(({ status }) => status.state === 'active');
	const hopeless: readonly InstanceState[] = isServed ? ['active', 'stopping', 'failed'] : ['active', 'stopping'];
	return there.filter(({ status }) => !hopeless.includes(status.state));
}

/** Their runners may have ended meanwhile, or have been down from the beginning. @returns why one does not come up, which is told, too */
async function startOthers({ target, report, progress }: CutoverContext, { slot }: Side): Promise<Error | null> {
	const lost = await unlessNotStanding(() => target.start(slot, progress));
	if (lost) report.remarks.push(toldInFull(lost));
	return lost;
}

async function succeeds(work: Promise<void>): Promise<boolean> {
	return await work.then(
		() => true,
		() => false,
	);
}
