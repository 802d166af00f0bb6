import type { FlowNode } from '../../src/lib/flows/node.ts';
import { contentId } from '../../src/lib/snapshot/identity.ts';
import type { Snapshot, SnapshotContent } from '../../src/lib/snapshot/snapshot.ts';

/** Two nodes that a Node-RED without a palette can run. */
export const sampleFlows: FlowNode[] = [
	{ id: 't1', type: 'tab', label: 'Flow 1' },
	{ id: 'n1', type: 'inject', z: 't1', name: 'go', topic: '', wires: [['n2']] },
	{ id: 'n2', type: 'debug', z: 't1', name: 'seen', wires: [] },
];

/** A snapshot that fits its id; `topic` makes it differ from others. */
export function sampleSnapshot(topic = '', facts: Partial<Snapshot> = {}): Snapshot {
	const flows = sampleFlows.map((node) => (node.type === 'inject' ? { ...node, topic } : node));
	const content: SnapshotContent = { flows, palette: [{ name: 'left-pad', version: '1.3.0', types: [] }], nodeRed: { version: '5.0.7' } };
	return {
		id: contentId(content),
		content,
		source: { kind: 'admin-api', url: 'http://localhost:1880', rev: 'abc' },
		author: 'Ada <ada@example.org>',
		time: '2026-01-02T03:04:05.000Z',
		message: 'first light',
		...facts,
	};
}
