import type { HoldLimits, RouterStatus, StoredTraffic, Upstream, WebSocketPolicy } from '../router.ts';

/** What the gateway's program is started with: the JSON file named by its only argument. */
export interface GatewayConfig {
	/** The environment: `production`. */
	name: string;
	/** The public address. */
	host: string;
	/** The public port; 0 lets the system choose. */
	port: number;
	/** Holds the bearer token of the control API. */
	tokenFile: string;
	/** Of the control API, on loopback; 0, the default, lets the system choose. */
	controlPort: number;
	/** Where the gateway says who and where it is, and keeps its traffic. */
	stateFile: string;
	/** The traffic to begin with where the state file has none; default: closed. */
	traffic: Exclude<TrafficOrder, { state: 'held' }>;
	/**
	 * For so long, in milliseconds, it goes on when it is told to end, and ends each connection with its next answer: what leads to it, a
	 * Service for one, goes by without it only a little later. Default 0: it takes nothing new at once.
	 */
	leaveMs: number;
	/** `close`: a cutover's hold ends all WebSockets with status 1012, so that clients connect again; `keep`: it leaves them. */
	webSockets: WebSocketPolicy;
	/** For requests that no instance accepts: they wait until one does, or the traffic goes elsewhere. */
	takeover: HoldLimits;
	/** Null: none. */
	accessLog: { file: string; maxBytes: number } | null;
	/** Where Prometheus finds the figures, on 127.0.0.1; null: nowhere. */
	metricsPort: number | null;
}

/** The state file. */
export interface GatewayState {
	pid: number;
	startedAt: string;
	/** Where users connect. */
	publicUrl: string;
	/** The control API: always on loopback. */
	controlUrl: string;
	/** What a restarted gateway goes on with. */
	traffic: StoredTraffic;
}

/** The body of `PUT /traffic`. */
export type TrafficOrder =
	/** `moved`: each answer ends its connection, so that clients connect again, and come to where the upstreams are by themselves. */
	| { state: 'flowing'; upstreams: Upstream[]; moved?: true }
	| { state: 'held'; limits: { maxMs: number; maxRequests: number } }
	| { state: 'closed' };

/** The answer of `GET /status`: the pid proves that the process of the state file is the one that answers. */
export interface GatewayStatus extends RouterStatus {
	name: string;
	pid: number;
}

/** Exit statuses of the gateway's program, and the line it leaves on stderr with any but 0. */
export const GatewayExit = { stopped: 0, cannotServe: 2, failed: 3 } as const;

export interface GatewayFailure {
	code: string;
	message: string;
	hint: string;
}
