import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpCheck } from '../../config/safeguards.ts';
import type { CheckTime } from './check-time.ts';
import { remainingMs } from './check-time.ts';

const RETRY_MS = 50;

/** Asks until the answer is as expected. @throws Error that says what was wrong with the last answer */
export async function checkHttp(check: HttpCheck, url: string, time: CheckTime): Promise<void> {
	let fault = '';
	for (;;) {
		const signal = AbortSignal.any([time.signal, AbortSignal.timeout(remainingMs(time))]);
		try {
			const wrong = await tryOnce(`${url}${check.http}`, check, signal);
			if (!wrong) return;
			fault = wrong;
		} catch (error) {
			// Cut off by the end of the time: what the answer before it said tells more.
			if (!signal.aborted || fault === '') fault = error instanceof Error ? error.message : String(error);
		}
		if (time.signal.aborted || performance.now() + RETRY_MS >= time.endMs) throw new Error(`the check of ${check.http} failed: ${fault}`);
		await sleep(RETRY_MS);
	}
}

/** What is wrong with the answer, or null. */
async function tryOnce(url: string, { status, contains }: HttpCheck, signal: AbortSignal): Promise<string | null> {
	const response = await fetch(url, { redirect: 'manual', signal });
	const body = await response.text();
	if (response.status !== status) return `status ${response.status} instead of ${status}`;
	if (contains !== undefined && !body.includes(contains)) return `the answer does not contain '${contains}'`;
	return null;
}
