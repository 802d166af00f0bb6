import { parseDuration } from '../config/duration.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { ChainFault } from './chain.ts';

/**
 * @param text a time, or how long ago
 * @returns ISO 8601, UTC
 * @throws FlowferryError SINCE_INVALID, DURATION_INVALID
 */
export function sinceOf(text: string, now: Date): string {
	if (!/^\d{4}-/.test(text)) return new Date(now.getTime() - parseDuration(text, '--since')).toISOString();
	const time = new Date(text);
	if (!Number.isNaN(time.getTime())) return time.toISOString();
	throw new FlowferryError({
		code: 'SINCE_INVALID',
		message: `--since ${text} is no time`,
		hint: 'write a day (2026-11-27), a time (2026-11-27T08:00:00Z), or how long ago: 7d',
	});
}

/** Exit status 5. */
export function auditBroken(environment: string, { sequence, problem }: ChainFault): FlowferryError {
	return new FlowferryError({
		code: 'AUDIT_BROKEN',
		message: `the audit of ${environment} is not as it was written: entry ${sequence} ${problem}`,
		hint: "find out who writes into the environment's state database; an export that was kept tells what was there",
		docs: 'docs/guides/stages.md',
		exitStatus: ExitStatus.needsOperator,
	});
}
