import { setTimeout as sleep } from 'node:timers/promises';
import { type Side, type SlotName, slotNames } from '../../promotion/journal.ts';
import { unlessNotStanding } from '../../targets/failures.ts';
import type { Instance, InstanceState, InstanceStatus } from '../../targets/instance.ts';
import type { Target } from '../../targets/target.ts';
import { carryOver } from '../carry-over.ts';
import type { CutoverContext } from '../context.ts';
import { endDrifted } from '../end-drifted.ts';
import { untilRouterIsIdle } from '../router-idle.ts';
import type { StrategyActions } from '../run.ts';
import { isOfSide, sideInstances } from '../sides.ts';
import type { KnownInstance } from '../slot-instances.ts';
import { activeInstances, knownInstances, successorOf, toActivate, untilUpstreams } from '../slot-instances.ts';
import { checkValidation } from '../validate-release.ts';
import { verifyRelease } from '../verify-release.ts';
import { restoreOldSide } from './restore-old-side.ts';

const POLL_MS = 50;

/**
 * Holds HTTP, closes the old instances' sources, drains them, passes their lease on and starts the new ones: at no
 * moment run both. Also the first promotion, where there is no old side.
 */
export function exclusiveActions(context: CutoverContext): StrategyActions {
	const { target, environment, from, to, report } = context;
	const { timeouts } = environment;
	/** Looked up when the gap begins, and not again: each look would cost a round trip while nobody handles anything. */
	let sides: { old: KnownInstance[]; next: KnownInstance[] } = { old: [], next: [] };

	return {
		steps: {
			prepare: async () => {
				// Before a first promotion nothing should run; what does is unknown to the journal, whose file may have been lost.
				if (!from) for (const slot of slotNames) await target.stop(slot);
				const held = (await target.journal.slots())[to.slot];
				if (context.kind === 'rollback' && held?.number === to.release.number) {
					await endDrifted(target, to);
					await target.start(to.slot, context.progress);
				} else await target.prepare(to, await context.loadSnapshot(), context.progress);
			},
			validate: async () => {
				const rev = await target.rev(to.slot);
				for (const instance of await sideInstances(target, to)) {
					checkValidation(instance.name, await instance.validate(timeouts.startMs), rev);
				}
			},
			connect: async () => {},
			hold: async () => {
				if (!from) return;
				await target.router.hold({ maxMs: timeouts.holdMs, maxRequests: environment.hold.maxRequests });
				// While messages still flow: once the sources are closed, a slow request would lengthen the silence.
				report.unansweredRequests = await untilRouterIsIdle(target.router, (name) => isOfSide(from, name), timeouts.drainMs);
			},
			quiesce: async () => {
				sides = {
					old: from ? await untilHoldersAnswer(context, from) : [],
					next: await knownInstances(await sideInstances(target, to)),
				};
				report.gapBeganMs = performance.now();
				const reports = await eachThatLives(sides.old, async (instance) => ({
					name: instance.name,
					...(await instance.quiesce(timeouts.quiesceMs)),
				}));
				report.stuckSources = reports.flatMap(({ stuck }) => stuck);
				report.closedStreams = Object.fromEntries(reports.map(({ name, streams }) => [name, streams]));
				report.unknownFields = [...new Set(reports.flatMap(({ unknown }) => unknown))];
			},
			drain: async () => {
				const inside = await eachThatLives(sides.old, (instance) => instance.drain(timeouts.drainMs));
				report.drained = inside.every(({ drained }) => drained) && report.unansweredRequests === 0;
				report.left = inside.flatMap(({ left }) => left);
			},
			'hand over': async () => {
				if (!from) return;
				report.context = await carryOver(context, sides.old, sides.next);
				await eachThatLives(sides.old, (instance, { seat }) =>
					instance.demote({ handOverTo: successorOf(seat, sides.next), timeoutMs: timeouts.handOverMs }),
				);
			},
			activate: async () => {
				// A first promotion has no gap, and has looked up nobody.
				const known = from ? sides.next : await knownInstances(await sideInstances(target, to));
				await Promise.all(toActivate(known, environment.mode).map(({ instance }) => instance.activate(timeouts.activateMs)));
				report.gapEndedMs = performance.now();
			},
			verify: () => verifyRelease(context),
			release: async () => {
				await sendTraffic(context, to.slot);
				await target.journal.setServingSlot(to.slot);
			},
		},
		compensations: {
			restore: () => restoreOldSide(context),
			'let flow': async () => {
				if (from) await sendTraffic(context, from.slot);
				else await target.stopRouter();
			},
			discard: async () => {
				const held = (await target.journal.slots())[to.slot];
				// Not touched yet: what is kept warm there stays.
				if (held && held.number !== to.release.number) return;
				// A rollback's target that had been standing by goes on to.
				if (context.kind === 'rollback' && held && (await comesToStandWhole(context, to.slot))) return;
				await target.discard(to.slot);
			},
		},
	};
}

/** One whose runner has died meanwhile is passed over: its Node-RED died with it, and its lease ends by itself. */
async function eachThatLives<T>(known: KnownInstance[], work: (instance: Instance, status: InstanceStatus) => Promise<T>): Promise<T[]> {
	const results = await Promise.all(
		known.map(async ({ instance, status }) => {
			try {
				return [await work(instance, status)];
			} catch (error) {
				if (await instance.status()) throw error;
				return [];
			}
		}),
	);
	return results.flat();
}

/**
 * One that holds a lease and does not answer would be stopped undrained, and nobody would be told. Either it answers, or
 * its lease ends, and with it its flows.
 */
async function untilHoldersAnswer({ target, environment }: CutoverContext, side: Side): Promise<KnownInstance[]> {
	const end = performance.now() + environment.timeouts.quiesceMs;
	for (;;) {
		const active = await activeInstances(await sideInstances(target, side));
		const answering = new Set(active.map(({ status }) => status.holder));
		const silent = (await target.leases.list()).find(({ holder }) => isOfSide(side, holder) && !answering.has(holder));
		if (!silent) return active;
		if (performance.now() >= end) throw new Error(`${silent.holder} holds the seat '${silent.seat}', but does not answer`);
		await sleep(POLL_MS);
	}
}

/** To every instance of the slot that is active; one whose Node-RED is just starting again is waited for. */
async function sendTraffic({ target, environment }: CutoverContext, slot: SlotName): Promise<void> {
	// Only where none runs: one that runs elsewhere than the configuration says by now still has the users' requests.
	if (!(await target.router.status())) await target.startRouter();
	await target.router.route(await untilUpstreams(await target.instances(slot), environment.timeouts.activateMs));
}

/** One whose flows had to be ended with their Node-RED is waited for. */
async function comesToStandWhole({ target, progress }: CutoverContext, slot: SlotName): Promise<boolean> {
	if (!(await areAll(target, slot, ['standby', 'starting']))) return false;
	await unlessNotStanding(() => target.start(slot, progress));
	return await areAll(target, slot, ['standby']);
}

async function areAll(target: Target, slot: SlotName, states: InstanceState[]): Promise<boolean> {
	const instances = await target.instances(slot);
	const known = await knownInstances(instances);
	return known.length === instances.length && known.every(({ status }) => states.includes(status.state));
}
