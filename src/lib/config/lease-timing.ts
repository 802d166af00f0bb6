import { z } from 'zod';
import type { LeaseTiming } from '../lease/lease.ts';
import { leaseDefaults } from './target-defaults.ts';

/** The part of an environment's schema that says how long leases last. */

const key = (meaning: string, of: (timing: LeaseTiming) => number) =>
	z
		.int()
		.positive()
		.optional()
		.describe(`${meaning} Default: ${of(leaseDefaults.process)}; on Kubernetes ${of(leaseDefaults.kubernetes)}.`);

export const leaseTiming = z.strictObject({
	ttlMs: key('How long a grant lasts without renewal.', ({ ttlMs }) => ttlMs),
	renewDeadlineMs: key('Without a successful renewal for so long, the holder demotes itself.', ({ renewDeadlineMs }) => renewDeadlineMs),
	retryMs: key('Between renewals.', ({ retryMs }) => retryMs),
});

/** Why two instances could both believe that they are active; null where they cannot. */
export function leaseTimingFault({ ttlMs, renewDeadlineMs, retryMs }: LeaseTiming): string | null {
	if (ttlMs > renewDeadlineMs && renewDeadlineMs > retryMs * 1.2) return null;
	return 'must keep ttlMs > renewDeadlineMs > retryMs × 1.2, or two instances could both believe they are active';
}
