import type { InFlight } from './in-flight.ts';
import type { DrainReport } from './protocol.ts';
import { sleep } from './time.ts';

const POLL_MS = 5;

/**
 * Empty for so long, and nothing received meanwhile, means drained: a node may pass a message on a tick after it called
 * done, and a contributed source may still deliver what it had read.
 */
const QUIET_MS = 30;

/** Waits until nothing is in flight, or the deadline; then says by node what is left. */
export async function drain(inFlight: InFlight, deadlineMs: number): Promise<DrainReport> {
	const start = performance.now();
	let quietSince = start;
	let received = inFlight.received;
	for (;;) {
		const now = performance.now();
		if (inFlight.total > 0 || inFlight.received !== received) {
			received = inFlight.received;
			quietSince = now;
		}
		if (now - quietSince >= QUIET_MS) return { drained: true, left: [], durationMs: Math.round(now - start) };
		if (now - start >= deadlineMs) return { drained: false, left: inFlight.byNode(), durationMs: Math.round(now - start) };
		await sleep(POLL_MS);
	}
}
