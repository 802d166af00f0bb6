import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { LeaseTiming } from './lease.ts';

/** Checked wherever a lease is built, so that no path leads to timings under which two holders could overlap. */
export function assertLeaseTiming(timing: LeaseTiming): void {
	if (timing.ttlMs > timing.renewDeadlineMs && timing.renewDeadlineMs > timing.retryMs * 1.2) return;
	throw new FlowferryError({
		code: 'LEASE_TIMING',
		message: `lease timing is unsafe: ttlMs ${timing.ttlMs}, renewDeadlineMs ${timing.renewDeadlineMs}, retryMs ${timing.retryMs}`,
		hint: 'keep ttlMs > renewDeadlineMs > retryMs × 1.2',
		exitStatus: ExitStatus.usage,
	});
}

/**
 * Until when the flows may run. Counted from before the store was asked, so that it ends before the grant does, by ttl − renew
 * deadline, however late the answer comes.
 * @returns a moment of the clock of `askedMs`
 */
export function deadlineOf(askedMs: number, timing: LeaseTiming): number {
	return askedMs + timing.renewDeadlineMs;
}
