import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { assessCompleteness } from '../../../../src/lib/plan/completeness/assess.ts';
import type { Lack, Provisions } from '../../../../src/lib/plan/completeness/lack.ts';
import type { Snapshot, SnapshotContent } from '../../../../src/lib/snapshot/snapshot.ts';

export const tab: FlowNode = { id: 't1', type: 'tab', label: 'Plant' };

/** A node on the tab. */
export const node = (id: string, type: string, properties: object = {}): FlowNode => ({
	id,
	type,
	z: 't1',
	x: 1,
	y: 1,
	wires: [],
	...properties,
});

/** A config node of all flows. */
export const config = (id: string, type: string, properties: object = {}): FlowNode => ({ id, type, ...properties });

export function snapshotOf(flows: FlowNode[], content: Partial<SnapshotContent> = {}, facts: Partial<Snapshot> = {}): Snapshot {
	return {
		id: '1'.repeat(64),
		content: { flows, palette: [], nodeRed: { version: '5.0.7' }, ...content },
		source: { kind: 'admin-api', url: 'http://dev-pi:1880', rev: 'r' },
		author: 'a',
		time: '2026-01-01T00:00:00.000Z',
		message: '',
		...facts,
	};
}

/** An environment that has nothing, but for what is given. */
export function provisions(given: Partial<Omit<Provisions, 'variables'>> & { variables?: Record<string, string | null> } = {}): Provisions {
	const { variables = {}, ...rest } = given;
	return {
		environment: 'production',
		credentials: {},
		nodeRed: null,
		node: '24.1.0',
		ownSettings: false,
		hosts: [],
		...rest,
		variables: new Map(Object.entries(variables)),
	};
}

/** All that such an environment lacks for a snapshot. */
export function lacksOf(snapshot: Snapshot, given: Parameters<typeof provisions>[0] = {}, serving: Snapshot | null = null): Lack[] {
	return assessCompleteness(snapshot, serving, provisions(given)).lacks;
}
