import type { NodeCount } from './in-flight.ts';
import { describeNode } from './node-red.ts';
import type { LeftInside } from './protocol.ts';

/**
 * Core nodes that keep a message on purpose and say that they are done with it only when they let it go, as measured with
 * Node-RED 4.1 and 5.0; with what they wait for: 'kept them until …'.
 */
const HOLDS_BY_DESIGN: Record<string, string> = {
	delay: 'their time came',
	join: 'the rest of their sequence came',
	batch: 'the rest of their batch came',
	sort: 'the rest of their sequence came',
	exec: 'its command ended',
	'link call': 'the answer came',
};

/** So many messages without one that was completed are no accident. */
const NEVER = 2;

/** What a node with messages left inside is up to. */
export function explainLeft({ node, inside, received, completed }: Readonly<NodeCount>): LeftInside {
	const left = { ...describeNode(node), messages: inside };
	const until = HOLDS_BY_DESIGN[node.type];
	if (until) return { ...left, kind: 'outstanding by design', until };
	// Such as a `function` that waits for something and never calls done, or an `mqtt out` without a broker.
	if (completed === 0 && received >= NEVER) return { ...left, kind: 'never completes' };
	return { ...left, kind: 'in work' };
}
