import { setTimeout as sleep } from 'node:timers/promises';
import type { Router } from '../routers/router.ts';

const POLL_MS = 10;

/**
 * Waits until some instances have answered every request that the router had passed on to them.
 * @param isMeant which, by name: `blue/0`
 * @returns how many are unanswered at the deadline
 */
export async function untilRouterIsIdle(router: Router, isMeant: (instance: string) => boolean, deadlineMs: number): Promise<number> {
	const end = performance.now() + deadlineMs;
	for (;;) {
		const inFlight = (await router.status())?.inFlight ?? {};
		const unanswered = Object.entries(inFlight).reduce((sum, [instance, count]) => sum + (isMeant(instance) ? count : 0), 0);
		if (unanswered === 0 || performance.now() >= end) return unanswered;
		await sleep(POLL_MS);
	}
}
