import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../../src/lib/adapters/clock.ts';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { Kind } from './kinds.ts';

const POLL_MS = 5;
/** Looked back through for what the instances wrote down themselves, which is more exact than a poll. */
const RECENT = 10;

/**
 * When somebody answered to the fault, on the host's monotonic clock: the active instance no longer has its lease, by what the store
 * says or an instance wrote down; or, where the fault itself did not end it, its Node-RED was ended. Null where `stopped` came first.
 * @param nodeRed its process, as this machine numbers it
 */
export async function watchDetection(
	kind: Kind,
	{ target, status, nodeRed }: { target: Target; status: InstanceStatus; nodeRed: number },
	{ clock, stopped }: { clock: MonotonicClock; stopped: AbortSignal },
): Promise<number | null> {
	const { lease, seat } = status;
	const token = lease?.token ?? 0;
	for (; !stopped.aborted; await sleep(POLL_MS)) {
		const holds = (await target.leases.list()).some((held) => held.seat === seat && held.token === token);
		const wasEnded = kind !== 'crash' && !isAlive(nodeRed);
		if (holds && !wasEnded) continue;
		const atMs = clock.nowMs();
		const changes = await target.failover.changes(RECENT);
		const written = changes.find((change) => change.seat === seat && change.token === token && change.role === 'standby');
		return Math.min(atMs, written?.atMs ?? atMs);
	}
	return null;
}
