import type { Traffic, Upstream } from '../router.ts';
import type { HaproxyFacts, ServerFacts } from './facts.ts';
import { instanceOf } from './orders.ts';

/** What HAProxy does with traffic, in the words of the router's contract. Pure, like all here. */
export function trafficOf(facts: HaproxyFacts): Traffic {
	const upstreams = upstreamsOf(facts);
	const { state, since } = facts.map;
	if (state === 'held') return { state, since, waiting: heldOf(facts), upstreams };
	return state === 'flowing' ? { state, upstreams } : { state: 'closed' };
}

/** In a hold, or for a server that accepts. */
export function waitingOf(facts: HaproxyFacts): number {
	return heldOf(facts) + facts.retried;
}

function heldOf({ holds }: HaproxyFacts): number {
	return holds.reduce((sum, { waiting }) => sum + waiting, 0);
}

export function upstreamsOf({ servers }: HaproxyFacts): Upstream[] {
	return servers
		.filter(({ backend, ready }) => backend === 'requests' && ready)
		.map(({ name, address }) => ({ instance: instanceOf(name), url: `http://${address}` }));
}

/** What has no server yet may still go to one that is ready: it counts there, for who waits must see it. */
export function inFlightOf(facts: HaproxyFacts): Record<string, number> {
	const inside = insideOf(facts, 'requests');
	const [first] = upstreamsOf(facts);
	if (first !== undefined && facts.between > 0) inside[first.instance] = (inside[first.instance] ?? 0) + facts.between;
	return inside;
}

export function webSocketsOf(facts: HaproxyFacts): Record<string, number> {
	return insideOf(facts, 'websockets');
}

/** The instances that are ready, be they empty, and all others that are not. */
function insideOf({ servers }: HaproxyFacts, wanted: ServerFacts['backend']): Record<string, number> {
	const shown = servers.filter(({ backend, ready, inside }) => backend === wanted && (ready || inside > 0));
	return Object.fromEntries(shown.map(({ name, inside }) => [instanceOf(name), inside]));
}
