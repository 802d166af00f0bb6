import { toldInFull } from '../../errors/told-in-full.ts';
import type { Side } from '../../promotion/journal.ts';
import { unlessNotStanding } from '../../targets/failures.ts';
import { type Instance, standing } from '../../targets/instance.ts';
import { carryBack } from '../carry-over.ts';
import type { CutoverContext } from '../context.ts';
import { isOfSide, restorableInstances, sideInstances } from '../sides.ts';
import type { KnownInstance } from '../slot-instances.ts';
import { activeInstances, knownInstances, runFlowsAgain, successorOf, ungate } from '../slot-instances.ts';

/** Has the old side's flows run again, and the new side's no longer. @throws Error where none of the old side can */
export async function restoreOldSide(context: CutoverContext): Promise<void> {
	const { target, environment, from, to, report } = context;
	const old = await restorableInstances(target, context);
	const handedBack = await takeBack(context, old);
	if (!from) return;
	// Nobody handles anything meanwhile: one that can goes on before others are waited for.
	const hasGoneOn =
		environment.mode === 'hot-spare' &&
		(await someCanGoOn(old, to)) &&
		(await goOn(context, old, handedBack).then(
			() => true,
			() => false,
		));
	// Its runners may have ended meanwhile, or have been down from the beginning. One that does not come up is in no other's way.
	const lost = await unlessNotStanding(() => target.start(from.slot, context.progress));
	if (lost) report.remarks.push(toldInFull(lost));
	if (!hasGoneOn) await goOn(context, old, handedBack);
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

async function goOn(context: CutoverContext, old: Instance[], handedBack: KnownInstance[]): Promise<void> {
	await carryBack(context, handedBack, await knownInstances(old));
	// An autoscaler may have taken some away by now; what it adds becomes active by itself.
	const there = new Set((await restorableInstances(context.target, context)).map(({ name }) => name));
	await runFlowsAgain(
		old.filter(({ name }) => there.has(name)),
		context.environment,
	);
}

/** Whether the side that served has one that can run its flows at once; of a slot that it shares with the other side, no instance of that. */
async function someCanGoOn(old: Instance[], to: Side): Promise<boolean> {
	const known = await knownInstances(old.filter(({ name }) => !isOfSide(to, name)));
	return known.some(({ status: { state } }) => state === 'quiesced' || standing.includes(state));
}
