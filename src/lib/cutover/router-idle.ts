import { setTimeout as sleep } from 'node:timers/promises';
import type { Router } from '../routers/router.ts';

const POLL_MS = 10;

/**
 * Waits until a slot has answered every request that the router had passed on to it.
 * @param prefix the slot's instances by name: `blue/`
 * @returns how many are unanswered at the deadline
 */
export async function untilRouterIsIdle(router: Router, prefix: string, deadlineMs: number): Promise<number> {
	const end = performance.now() + deadlineMs;
	for (;;) {
		const inFlight = (await router.status())?.inFlight ?? {};
		const unanswered = Object.entries(inFlight).reduce((sum, [instance, count]) => sum + (instance.startsWith(prefix) ? count : 0), 0);
		if (unanswered === 0 || performance.now() >= end) return unanswered;
		await sleep(POLL_MS);
	}
}
