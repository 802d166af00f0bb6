import type { Activity } from '../targets/instance.ts';

/** What a release's instances did, together. */
export type ReleaseActivity = Activity & {
	/** Since any of them received a message. */
	silentMs: number;
};

/** All instances of a release as one; null where there is none that tells. */
export function together(all: ReleaseActivity[]): ReleaseActivity | null {
	if (all.length === 0) return null;
	const sum = (of: (each: ReleaseActivity) => number) => all.reduce((total, each) => total + of(each), 0);
	const least = (of: (each: ReleaseActivity) => number) => Math.min(...all.map(of));
	return {
		spanMs: least(({ spanMs }) => spanMs),
		received: sum(({ received }) => received),
		errors: sum(({ errors }) => errors),
		// While one received, the release was not silent.
		longestSilenceMs: least(({ longestSilenceMs }) => longestSilenceMs),
		silentMs: least(({ silentMs }) => silentMs),
	};
}

/**
 * Why the new release logs clearly more errors per message than the old one did; null where it does not, or where too
 * little happened to tell. The old side is taken for one error worse than it was: where it received little, its rate means
 * little, and the new one must be the worse for it.
 */
export function moreErrors(old: Activity | null, now: Activity, { factor, minimum }: { factor: number; minimum: number }): string | null {
	if (!old || factor === 0 || now.errors < minimum || now.received === 0) return null;
	const bearable = factor * ((old.errors + 1) / (old.received + 1));
	if (now.errors / now.received <= bearable) return null;
	return `it logged ${now.errors} error(s) for ${now.received} message(s); the old release had ${old.errors} for ${old.received} in its last ${seconds(old.spanMs)}`;
}

/** The old release must have been watched for so long, and have received so much, before its silences mean anything. */
const TELLING_MS = 60_000;
const TELLING_MESSAGES = 20;
/** Silences up to so many times the old release's longest are no news. */
const SILENCE_FACTOR = 3;
const SHORTEST_SILENCE_MS = 10_000;

/** Why the new release makes no progress: it has received nothing for far longer than the old one ever waited. */
export function noProgress(old: Activity | null, silentMs: number): string | null {
	if (!old || old.spanMs < TELLING_MS || old.received < TELLING_MESSAGES) return null;
	if (silentMs <= Math.max(SHORTEST_SILENCE_MS, SILENCE_FACTOR * old.longestSilenceMs)) return null;
	return `no node has received a message for ${seconds(silentMs)}; the old release never waited longer than ${seconds(old.longestSilenceMs)}`;
}

function seconds(ms: number): string {
	return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}
