import type { HoldLimits, Upstream } from '../router.ts';
import { mapName } from './config-file.ts';
import type { HaproxyFacts } from './facts.ts';

const backends = ['requests', 'websockets'] as const;

/** The room that an open gate has. */
const openRoom = 1_000_000;

/** Thrown for an upstream that HAProxy's configuration has no server for. */
export class NoServer extends Error {}

/** `blue/0` is the server `blue-0`: a name may hold no slash. */
export function serverOf(instance: string): string {
	const [, slot, index] = /^(blue|green)\/(\d{1,2})$/.exec(instance) ?? [];
	if (slot === undefined || Number(index) > 15) throw new NoServer(`there is no server for ${instance}`);
	return `${slot}-${index}`;
}

/** The other way round. */
export function instanceOf(server: string): string {
	return server.replace('-', '/');
}

/** Makes exactly these upstreams' servers ready. New ones first, so that there is no moment without any. */
export function serverOrders(upstreams: readonly Upstream[], { servers }: Pick<HaproxyFacts, 'servers'>): string[] {
	const wanted = new Map(upstreams.map(({ instance, url }) => [serverOf(instance), new URL(url)]));
	const ready = [...wanted].flatMap(([server, { hostname, port }]) =>
		backends.flatMap((backend) => [
			`set server ${backend}/${server} addr ${hostname.replace(/^\[|\]$/g, '')} port ${port || 80}`,
			`set server ${backend}/${server} state ready`,
		]),
	);
	const idle = servers.filter((server) => server.ready && !wanted.has(server.name));
	return [...ready, ...idle.map(({ backend, name }) => `set server ${backend}/${name} state maint`)];
}

/** Everything to these upstreams, what waits included; none: everything gets 503. */
export function routeOrders(upstreams: readonly Upstream[], facts: HaproxyFacts): string[] {
	const gates = facts.holds.filter(({ name, waiting }) => waiting > 0 || name === facts.map.hold);
	const open = gates.map(({ name }) => `set maxconn server ${name}/gate ${openRoom}`);
	const state = `set map ${mapName} state ${upstreams.length === 0 ? 'closed' : 'flowing'}`;
	// Closed for newcomers before their servers are taken away: else they would have to find that out one by one.
	return upstreams.length === 0 ? [state, ...open, ...serverOrders([], facts)] : [...serverOrders(upstreams, facts), state, ...open];
}

/** Before requests may be sent to a hold's queue; its occupant comes after this. */
export function gateOrders(backend: string): string[] {
	return [`set maxconn server ${backend}/gate 1`];
}

/** The state comes last: requests are held by it, and find all the rest in place. */
export function holdOrders(backend: string, { maxRequests }: HoldLimits, since: string): string[] {
	return [`hold ${backend}`, `room ${maxRequests}`, `since ${since}`, 'state held'].map((entry) => `set map ${mapName} ${entry}`);
}

/** Cuts the WebSockets of all instances but those of these upstreams. */
export function webSocketOrders(upstreams: readonly Upstream[], { servers }: Pick<HaproxyFacts, 'servers'>): string[] {
	const kept = new Set(upstreams.map(({ instance }) => serverOf(instance)));
	const left = servers.filter(({ backend, name, inside }) => backend === 'websockets' && inside > 0 && !kept.has(name));
	return left.map(({ name }) => `shutdown sessions server websockets/${name}`);
}
