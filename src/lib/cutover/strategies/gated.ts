import { randomBytes } from 'node:crypto';
import type { Instance, StreamReport } from '../../targets/instance.ts';
import { carryOver } from '../carry-over.ts';
import type { CutoverContext } from '../context.ts';
import { decideCut, lostConnections, unmarkedConnections } from '../cut.ts';
import { findCut, GateImpossible } from '../find-cut.ts';
import type { StrategyActions } from '../run.ts';
import { sideInstances } from '../sides.ts';
import { activeInstances, knownInstances, toActivate, ungate } from '../slot-instances.ts';
import { exclusiveActions } from './exclusive.ts';

/** A new instance whose flows run behind their gate, beside the old one whose seat it takes over. */
interface Handover {
	old: Instance;
	next: Instance;
	/** The new side's, once the sentinels have come by. */
	streams: StreamReport;
}

/**
 * Starts the new flows behind a closed gate while the old ones still run: they connect and subscribe, and nothing that they
 * send reaches anything. The old sources are closed and drained, the lease goes over, and the gate opens at the very message
 * at which the old side ended. At no moment do both handle messages. What a gate cannot do here is done as `exclusive` does.
 *
 * It serves three strategies, since each source is treated by its kind (agent/gate.ts): `gated` counts ordinary
 * subscriptions, `overlap` keeps the new side's share of shared ones, `takeover` leaves what belongs to a session with the
 * broker until the new side connects under its client id.
 */
export function gatedActions(context: CutoverContext): StrategyActions {
	const { target, environment, from, to, report } = context;
	const { timeouts, mode } = environment;
	const exclusive = exclusiveActions(context);
	let handovers: Handover[] = [];

	async function standBehindGate(): Promise<void> {
		const old = from ? await activeInstances(await sideInstances(target, from)) : [];
		// For what nodes look up at their start; once the old side is drained, it is carried over as it is then.
		const next = await knownInstances(await sideInstances(target, to));
		await carryOver(context, old, next);
		const topic = `${environment.cutTopic}/${randomBytes(8).toString('hex')}`;
		handovers = await Promise.all(
			toActivate(next, mode).map(async ({ instance, status }) => {
				const twin = old.find((other) => other.status.seat === status.seat);
				if (!twin) throw new GateImpossible(`no old instance holds the seat '${status.seat}'`);
				const unknown = twin.status.agent?.unknown ?? [];
				if (unknown.length > 0)
					throw new GateImpossible(`${twin.instance.name} is of a version that is not known: it has no ${unknown.join(', ')}`);
				const { refused } = await instance.gate(timeouts.activateMs);
				if (refused) throw new GateImpossible(`${instance.name}: ${refused}`);
				const { after } = await findCut(twin.instance, instance, { topic, timeoutMs: timeouts.connectMs });
				return { old: twin.instance, next: instance, streams: after };
			}),
		);
	}

	return {
		...exclusive,
		steps: {
			...exclusive.steps,
			connect: async () => {
				try {
					await standBehindGate();
				} catch (error) {
					if (!(error instanceof GateImpossible)) throw error;
					report.remarks.push(`the new flows could not wait behind a gate, and started after the old ones had stopped: ${error.message}`);
					handovers = [];
					await ungate(await sideInstances(target, to), timeouts.handOverMs);
				}
			},
			activate: async () => {
				if (handovers.length === 0) return await exclusive.steps.activate();
				const gates = await Promise.all(
					handovers.map(async ({ old, next, streams }) => {
						const closed = report.closedStreams[old.name];
						if (!closed) throw new Error(`${old.name} did not tell where its subscriptions ended`);
						const [lost] = lostConnections(closed, streams);
						if (lost) throw new Error(`${old.name} lost the connection of broker node ${lost} during the cutover`);
						const [unmarked] = unmarkedConnections(closed, streams);
						if (unmarked) throw new Error(`${old.name} has been asked by somebody else where broker node ${unmarked} stands`);
						return await next.activate(timeouts.activateMs, decideCut(closed, streams));
					}),
				);
				report.gapEndedMs = performance.now();
				if (gates.includes(null)) report.remarks.push('a new instance was started again during the cutover: what its gate held is lost');
				report.gate = {
					passed: gates.reduce((sum, gate) => sum + (gate?.passed ?? 0), 0),
					dropped: gates.reduce((sum, gate) => sum + (gate?.dropped ?? 0), 0),
				};
			},
		},
	};
}
