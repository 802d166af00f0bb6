import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance, StreamReport } from '../targets/instance.ts';
import { lostConnections, unmarkedConnections } from './cut.ts';

const POLL_MS = 10;
/** A sentinel that has not come by then may have been dropped (QoS 0 is, under load); the next one is sent. */
const RESEND_MS = 250;
/** Several may look for a cut on one topic: their sentinels must not be taken for each other's. */
const MAX_FIRST_SENTINEL = 2 ** 40;

/** Why the new flows cannot wait behind a gate, or their gate cannot be opened at a counted place. */
export class GateImpossible extends Error {}

/** What is asked of either side. */
export type Marked = Pick<Instance, 'name' | 'listen' | 'sendSentinel' | 'streams'>;

/**
 * Has both sides listen on a topic, and sends sentinels until both have seen one on every connection that they share.
 * @param follow whether the old side is to tell its position from now on
 * @returns both sides' streams with the marks
 * @throws GateImpossible
 */
export async function findCut(
	old: Marked,
	next: Marked,
	{ topic, timeoutMs, follow }: { topic: string; timeoutMs: number; follow?: 'follow' },
): Promise<{ before: StreamReport; after: StreamReport }> {
	const deadline = performance.now() + timeoutMs;
	let [before, after] = await Promise.all([listenToOld(old, topic, timeoutMs, follow), next.listen(topic, timeoutMs)]);
	for (let sentinel = randomInt(MAX_FIRST_SENTINEL); ; sentinel++) {
		const [lost] = lostConnections(before, after);
		if (lost) throw new GateImpossible(`the connection of broker node ${lost} cannot be listened on at ${topic}`);
		if (unmarkedConnections(before, after).length === 0) return { before, after };
		const end = Math.min(deadline, performance.now() + RESEND_MS);
		await old.sendSentinel(sentinel);
		while (unmarkedConnections(before, after).length > 0 && performance.now() < end) {
			await sleep(POLL_MS);
			[before, after] = await Promise.all([old.streams(), next.streams()]);
		}
		if (performance.now() >= deadline) throw new GateImpossible(`no message on ${topic} reached both sides within ${timeoutMs} ms`);
	}
}

/** The old side may be the very one that does not stay up: that is no reason not to get away from it. */
async function listenToOld(old: Marked, topic: string, timeoutMs: number, follow?: 'follow'): Promise<StreamReport> {
	try {
		return await old.listen(topic, timeoutMs, follow);
	} catch (error) {
		throw new GateImpossible(`${old.name} does not tell where it stands (${(error as Error).message})`);
	}
}
