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
	const { target, environment, report } = context;
	/** What came to each that was to go on; null: nothing. */
	const carried = new Map<string, ContextReport | null>();
	async function goOn(known: KnownInstance): Promise<void> {
		const { instance } = known;
		const counterparts = handedBack.filter((each) => areCounterparts(each.instance, instance));
		carried.set(instance.name, await carryBack(context, counterparts, [known]));
		await runFlowsAgain([instance], environment);
	}
	const left = async () => (await knownInstances(old)).filter(({ status }) => status.state !== 'active');

	const early = (await left()).filter(({ status }) => ready.includes(status.state));
	await Promise.allSettled(early.map(goOn));
	const lost = await startOthers(context, from);
	// Whatever answers is told to: what has just been ended with its flows, or is started again and again, may come up in time.
	const results = await Promise.allSettled((await left()).map(goOn));
	const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));

	const without = handedBack.filter(({ instance }) => !old.some(({ name }) => carried.has(name) && areCounterparts(instance, { name })));
	report.contextBack = sumOf([...carried.values(), await carryBack(context, without, [])]);
	const active = (await knownInstances(old)).filter(({ status }) => status.state === 'active');
	if (active.length === 0) throw faults[0] ?? lost ?? new Error(`no instance of ${from.slot} runs its flows`);
	report.remarks.push(...faults.map(toldInFull));
	// An autoscaler may have taken some away by now.
	const there = await restorableInstances(target, context);
	const idle = there.filter(({ name }) => old.some((each) => each.name === name) && !active.some(({ instance }) => instance.name === name));
	if (idle.length > 0) {
		const names = idle.map(({ name }) => name).join(', ');
		report.remarks.push(`not all instances run the flows again: ${names} is left; flowferry up ${environment.name} starts what has ended`);
	}
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
