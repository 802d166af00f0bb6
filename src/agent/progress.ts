import type { NodeCount } from './in-flight.ts';
import { describeNode } from './node-red.ts';
import type { NodeProgress } from './protocol.ts';

/** How far each node has come. */
export function describeProgress(counts: Iterable<Readonly<NodeCount>>): NodeProgress[] {
	return [...counts].map(({ node, received, completed }) => ({
		...describeNode(node),
		flowId: typeof node.z === 'string' ? node.z : '',
		received,
		completed: node._expectedDoneCount > 0 ? completed : null,
	}));
}
