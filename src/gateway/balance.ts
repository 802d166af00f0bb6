import type { Upstream } from '../lib/routers/router.ts';

/** Round robin: the upstreams in the order in which the request of this turn tries them. */
export function orderForTurn(upstreams: readonly Upstream[], turn: number): Upstream[] {
	if (upstreams.length === 0) return [];
	const first = turn % upstreams.length;
	return [...upstreams.slice(first), ...upstreams.slice(0, first)];
}
