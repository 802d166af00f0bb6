import type { HoldLimits, Router, Upstream } from './router.ts';

/** A router whose orders are given only where the check passes. */
export function guardRouter(router: Router, check: () => Promise<void>): Router {
	return {
		status: () => router.status(),
		hold: async (limits: HoldLimits) => {
			await check();
			await router.hold(limits);
		},
		route: async (upstreams: Upstream[]) => {
			await check();
			await router.route(upstreams);
		},
	};
}
