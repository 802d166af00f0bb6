import { readFileSync } from 'node:fs';

/** A clock that no one can set, the same for all processes of one boot of one host. */
export interface MonotonicClock {
	/** Milliseconds since an arbitrary moment of this boot. */
	nowMs(): number;
	/** Differs after a reboot, when the monotonic time begins anew. */
	bootId: string;
	/** How far it is ahead of this host's own monotonic clock, in milliseconds; absent: not at all. */
	offsetMs?: number;
}

/** CLOCK_MONOTONIC, which Node's hrtime reads; the boot id is Linux's, elsewhere a reboot shows by leases that lie too far ahead. */
export function systemClock(): MonotonicClock {
	return { nowMs: () => Number(process.hrtime.bigint() / 1_000_000n), bootId: readBootId() };
}

/**
 * The wall clock as it is now, carried on by the monotonic one: like that one nobody can set it, and it agrees with those of other hosts
 * as well as their wall clocks did when each was read.
 */
export function anchoredClock(): MonotonicClock {
	const host = systemClock();
	// Again and again: a process that stands still between the two would be behind for ever.
	const offsetMs = Math.max(...Array.from({ length: 5 }, () => Date.now() - host.nowMs()));
	return { nowMs: () => host.nowMs() + offsetMs, bootId: host.bootId, offsetMs };
}

function readBootId(): string {
	try {
		return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	} catch {
		return 'unknown';
	}
}
