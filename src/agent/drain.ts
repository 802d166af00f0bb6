import { setImmediate as turn } from 'node:timers/promises';
import type { InFlight } from './in-flight.ts';
import { describeNode } from './node-red.ts';
import { explainLeft } from './outstanding.ts';
import type { DrainReport, LeftInside } from './protocol.ts';
import { sleep } from './time.ts';

const POLL_MS = 5;

/**
 * Empty for so long, and nothing received meanwhile, means drained: a node may pass a message on a tick after it called
 * done, and a contributed source may still deliver what it had read.
 */
const QUIET_MS = 15;

/** When the sources were closed, and how many messages nodes had received by then. */
export interface Closing {
	at: number;
	received: number;
}

/**
 * Waits until nothing is in flight, or the deadline; then says by node what is left.
 * @param closing the quiet counts from here, as far as nothing has been received since
 */
export async function drain(inFlight: InFlight, deadlineMs: number, closing?: Closing): Promise<DrainReport> {
	const start = performance.now();
	let quietSince = closing?.at ?? start;
	let received = closing?.received ?? inFlight.received;
	const isQuiet = () => inFlight.total === 0 && inFlight.received === received;
	for (;;) {
		if (!isQuiet()) {
			received = inFlight.received;
			quietSince = performance.now();
		}
		const now = performance.now();
		if (now - quietSince >= QUIET_MS) {
			// After a long turn of the event loop this comes before the messages that were sent in it.
			await turn();
			await turn();
			if (isQuiet()) return { drained: true, left: [], durationMs: Math.round(now - start) };
		} else if (now - start >= deadlineMs) {
			return { drained: false, left: await whatIsLeft(inFlight), durationMs: Math.round(now - start) };
		}
		await sleep(POLL_MS);
	}
}

/** What is inside nodes; where nothing is, but messages go on arriving: where they arrive. */
async function whatIsLeft(inFlight: InFlight): Promise<LeftInside[]> {
	const inside = [...inFlight.byNode()].filter((count) => count.inside > 0).map(explainLeft);
	if (inside.length > 0) return inside;
	const before = new Map([...inFlight.byNode()].map(({ node, received }) => [node, received]));
	await sleep(QUIET_MS);
	return [...inFlight.byNode()]
		.filter(({ node, received }) => received > (before.get(node) ?? 0))
		.map(({ node }) => ({ ...describeNode(node), messages: 0, kind: 'still receiving' as const }));
}
