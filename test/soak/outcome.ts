import type { FaultKind } from './faults.ts';
import { faultKinds } from './faults.ts';

/** What `--json` prints. */
export interface Outcome {
	ok: boolean;
	seed: number;
	minutes: number;
	/** After which somebody handled messages again. */
	bursts: number;
	faults: Partial<Record<FaultKind, number>>;
	/** Messages that flows handled, and those of them that were seen at the broker. */
	handled: number;
	seen: number;
	/** How often somebody became active. */
	tenures: number;
	doubleActiveMs: number;
	/** From the end of a burst's last fault until the first message that was handled after it. */
	settledMs: { median: number | null; max: number | null };
	violations: string[];
}

export function renderOutcome({ seed, bursts, faults, handled, seen, tenures, doubleActiveMs, settledMs, violations }: Outcome): string[] {
	const rows: [string, string][] = [
		...faultKinds.map((kind): [string, string] => [kind, String(faults[kind] ?? 0)]),
		['bursts, each settled', String(bursts)],
		['settled after, median and most', `${settledMs.median} ms, ${settledMs.max} ms`],
		['messages handled, seen at the broker', `${handled}, ${seen}`],
		['became active', String(tenures)],
		['two active', `${doubleActiveMs} ms`],
	];
	const width = Math.max(...rows.map(([what]) => what.length));
	return [
		`seed ${seed}`,
		...rows.map(([what, value]) => `${what.padEnd(width)}  ${value}`),
		...violations.map((violation) => `VIOLATED ${violation}`),
	];
}
