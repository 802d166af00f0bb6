/** One place that serves: an instance's HTTP address. */
export interface Upstream {
	/** `blue/0`. */
	instance: string;
	/** `http://127.0.0.1:40123`, without a trailing slash. */
	url: string;
}

/** Routers that are programs of the environment's own, among which its configuration chooses. */
export const routerPrograms = ['gateway', 'haproxy'] as const;
export type RouterProgram = (typeof routerPrograms)[number];

/** Which router it is. `service`: on Kubernetes, a Service that leads to pods by their label, and the gateway in each of them. */
export type RouterKind = RouterProgram | 'service';

/** How it is called within a sentence. */
export const routerNames: Record<RouterKind, string> = { gateway: 'the gateway', haproxy: 'HAProxy', service: 'the Service' };

/** What happens to open WebSockets when a cutover begins. */
export const webSocketPolicies = ['keep', 'close'] as const;
export type WebSocketPolicy = (typeof webSocketPolicies)[number];

/** What a router does with traffic. */
export type Traffic =
	/** Passed on, in turn, to the upstreams. `moved`: they have an address of their own, by which clients are to come from now on. */
	| { state: 'flowing'; upstreams: Upstream[]; moved?: true }
	/** Held: accepted, neither refused nor passed on, until released or past the limits. */
	| { state: 'held'; since: string; waiting: number; upstreams: Upstream[] }
	/** Nothing to serve: answered with 503 and Retry-After. */
	| { state: 'closed' };

/** The traffic as ordered: without what changes by itself (how many wait). */
export type StoredTraffic = Exclude<Traffic, { state: 'held' }> | HeldTraffic;

export interface HeldTraffic {
	state: 'held';
	since: string;
	limits: { maxMs: number; maxRequests: number };
	upstreams: Upstream[];
}

export interface RouterStatus {
	kind: RouterKind;
	/** Where users connect: `http://127.0.0.1:8080`. */
	url: string;
	traffic: Traffic;
	/** Requests and WebSockets that wait just now, in a hold or for an instance that accepts none. */
	waiting: number;
	/** Requests passed on and not yet answered, by instance. */
	inFlight: Record<string, number>;
	/** Open WebSockets, by instance, where the router counts them; they are no requests. */
	webSockets?: Record<string, number>;
	/**
	 * Since the router's start: requests that came; that got an error from the router itself (502, 503) or a broken
	 * answer, but not those whose client left; that had to wait in a hold or, at the gateway, for an instance.
	 */
	totals: { requests: number; failed: number; held: number };
}

/** Limits of a hold; past either, requests get 503 with Retry-After. */
export interface HoldLimits {
	maxMs: number;
	maxRequests: number;
}

/** What moves HTTP and WebSocket traffic between the slots. */
export interface Router {
	/** The truth from the router itself; null where none runs. */
	status(): Promise<RouterStatus | null>;
	/** From now on, requests wait. Idempotent. */
	hold(limits: HoldLimits): Promise<void>;
	/** Sends what waits, and all that follows, to these upstreams; none: closed. Idempotent. */
	route(upstreams: Upstream[]): Promise<void>;
}
