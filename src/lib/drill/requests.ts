import type { HttpCheck } from '../config/safeguards.ts';
import type { RequestCounts } from './drill.ts';

const EVERY_MS = 50;
const TIMEOUT_MS = 10_000;

/** Asks all the while, and counts. */
export interface Probe<Counts> {
	/** Ends it, and waits, within limits, for what is under way. Idempotent. */
	finish(): Promise<Counts>;
}

/** Requests to the router, at a steady rate, whether or not earlier ones are answered. */
export function startRequests(check: HttpCheck, baseUrl: string): Probe<RequestCounts> {
	const underWay = new Set<Promise<void>>();
	const counts: RequestCounts = { sent: 0, failed: 0, longestMs: 0 };
	const send = async () => {
		const began = performance.now();
		counts.sent++;
		if (!(await isAnswered(check, `${baseUrl}${check.http}`))) counts.failed++;
		counts.longestMs = Math.max(counts.longestMs, Math.round(performance.now() - began));
	};
	const timer = setInterval(() => {
		const sent: Promise<void> = send().finally(() => underWay.delete(sent));
		underWay.add(sent);
	}, EVERY_MS);
	return {
		finish: async () => {
			clearInterval(timer);
			await Promise.all(underWay);
			return counts;
		},
	};
}

async function isAnswered({ status, contains }: HttpCheck, url: string): Promise<boolean> {
	try {
		const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
		const body = await response.text();
		return response.status === status && (contains === undefined || body.includes(contains));
	} catch {
		return false;
	}
}
