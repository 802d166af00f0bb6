import { FlowferryError } from '../errors/flowferry-error.ts';

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** 366 days: what is meant to be longer has no end. */
const MAX_MS = 366 * UNITS_MS.d;

/**
 * A span of time as people write it: `500ms`, `30s`, `1.5h`.
 * @param flag which the text was given to, for the error
 * @param minMs less is refused
 * @returns milliseconds
 * @throws FlowferryError DURATION_INVALID
 */
export function parseDuration(text: string, flag: string, minMs = 1): number {
	const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
	const ms = Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
	if (ms >= minMs && ms <= MAX_MS) return ms;
	const fault = Number.isNaN(ms) ? 'is no span of time' : ms < minMs ? `is less than ${minMs} ms` : 'is more than 366 days';
	throw new FlowferryError({
		code: 'DURATION_INVALID',
		message: `${flag} ${text} ${fault}`,
		hint: `write a number and its unit (ms, s, m, h or d), without a space: ${flag} 30m`,
	});
}
