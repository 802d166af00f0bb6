import type { MonotonicClock } from '../adapters/clock.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { LeaseStore, LeaseTiming } from '../lease/lease.ts';
import { LeaseKeeper } from '../lease/lease-keeper.ts';

const SEAT = 'promotion';

/** Renewed so often that one missed renewal costs nothing. */
function timingOf(ttlMs: number): LeaseTiming {
	return { ttlMs, renewDeadlineMs: Math.floor(ttlMs * 0.75), retryMs: Math.floor(ttlMs / 8) };
}

export interface PromotionLock {
	/** Why it was lost, also where it was got back since; null where it never was. */
	lost(): string | null;
	/** True where somebody else has, or may have, changed the environment since: nothing may be done any more. */
	superseded(): Promise<boolean>;
	release(): Promise<void>;
}

/**
 * Takes the right to change an environment. A lock that nobody renews belongs to somebody who is gone: it is waited for,
 * which takes its ttl at most.
 * @param by who asks: `user@host (pid 123)`
 * @param ttlMs how long it outlives a holder who was killed; the same for all who contend for it
 * @param waitMs how long to wait for a holder who lives
 * @throws FlowferryError LOCKED (exit 6), which names the holder
 */
export async function acquirePromotionLock(
	leases: LeaseStore,
	clock: Pick<MonotonicClock, 'nowMs'>,
	by: string,
	{ ttlMs = 4000, waitMs = 0 }: { ttlMs?: number; waitMs?: number } = {},
): Promise<PromotionLock> {
	let loss: string | null = null;
	const keeper = new LeaseKeeper({
		store: leases,
		clock,
		seat: SEAT,
		holder: by,
		timing: timingOf(ttlMs),
		events: {
			extended: () => {},
			lost: (reason) => {
				loss = `the environment's lock was lost: ${reason}`;
			},
		},
	});

	const deadline = performance.now() + waitMs;
	let refusal = await keeper.acquireFromTheDead();
	while (refusal && performance.now() < deadline) refusal = await keeper.acquireFromTheDead();
	if (refusal) throw locked(refusal.heldBy ?? 'somebody');
	return held();

	function held(): PromotionLock {
		let token = keeper.token as number;

		/** Each change of holder makes the token grow by one: one more than ours means that nobody was in between. */
		async function gotBack(): Promise<boolean> {
			if (await keeper.acquire()) return false;
			const next = keeper.token as number;
			if (next > token + 1) {
				await keeper.giveUp(null);
				return false;
			}
			token = next;
			return true;
		}

		return {
			lost: () => loss ?? (keeper.held ? null : "the environment's lock was lost"),
			superseded: async () => {
				if (keeper.held) return false;
				loss ??= "the environment's lock was lost";
				// Where the store does not answer (a full disk), nobody else gets the lock from it either.
				return !(await gotBack().catch(() => true));
			},
			release: () => keeper.giveUp(null),
		};
	}
}

function locked(holder: string): FlowferryError {
	return new FlowferryError({
		code: 'LOCKED',
		message: `${holder} is changing this environment right now`,
		hint: 'wait until it has finished (`flowferry status` shows how far it is; `flowferry abort` has it go back), then run the command again',
		exitStatus: ExitStatus.declined,
	});
}
