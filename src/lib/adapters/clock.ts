import { readFileSync } from 'node:fs';

/** A clock that no one can set, the same for all processes of one boot of one host. */
export interface MonotonicClock {
	/** Milliseconds since an arbitrary moment of this boot. */
	nowMs(): number;
	/** Differs after a reboot, when the monotonic time begins anew. */
	bootId: string;
}

/** CLOCK_MONOTONIC, which Node's hrtime reads; the boot id is Linux's, elsewhere a reboot shows by leases that lie too far ahead. */
export function systemClock(): MonotonicClock {
	return { nowMs: () => Number(process.hrtime.bigint() / 1_000_000n), bootId: readBootId() };
}

function readBootId(): string {
	try {
		return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	} catch {
		return 'unknown';
	}
}
