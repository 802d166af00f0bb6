import type { ProgressProbe } from '../config/failover-config.ts';
import type { FlowNode } from '../flows/node.ts';
import type { NodeProgress } from '../targets/instance.ts';

/** How many messages a probe's nodes had received at a moment. */
export interface ProgressSample {
	atMs: number;
	received: number;
}

/** The ids of the flows and nodes that a probe means, by id or name; none where it means nothing of these flows. Pure. */
export function meantBy({ progress }: ProgressProbe, flows: FlowNode[]): Set<string> {
	const named = flows.filter(({ id, name, label }) => id === progress || name === progress || label === progress);
	return new Set(named.map(({ id }) => id));
}

/** What the nodes that are meant, and those on the flows that are meant, have received. Pure. */
export function receivedBy(meant: ReadonlySet<string>, progress: NodeProgress[]): number {
	return progress.filter(({ id, flowId }) => meant.has(id) || meant.has(flowId)).reduce((sum, { received }) => sum + received, 0);
}

/**
 * What is wrong with a probe's progress; null where nothing is, or where it has not been looked at for long enough. Pure.
 * @param samples the earliest first, from the flows' start on
 */
export function findStandstill({ progress, messages, withinMs }: ProgressProbe, samples: ProgressSample[]): string | null {
	const latest = samples.at(-1);
	const before = latest && samples.findLast(({ atMs }) => latest.atMs - atMs >= withinMs);
	if (!latest || !before) return null;
	const came = latest.received - before.received;
	if (came >= messages) return null;
	return `'${progress}' received ${came} message${came === 1 ? '' : 's'} in ${Math.round((latest.atMs - before.atMs) / 1000)} s, not ${messages}`;
}

/** Keeps of the samples what `findStandstill` will look at. */
export function trimSamples({ withinMs }: ProgressProbe, samples: ProgressSample[]): ProgressSample[] {
	const latest = samples.at(-1);
	const oldest = latest ? samples.findLastIndex(({ atMs }) => latest.atMs - atMs >= withinMs) : -1;
	return oldest > 0 ? samples.slice(oldest) : samples;
}
