import type { Upstream } from '../lib/routers/router.ts';

/** Why somebody is not served: traffic is closed, too many wait, the wait was too long, the gateway stops. */
export type Refusal = 'closed' | 'queue-full' | 'waited-too-long' | 'stopping';

/** A request or a WebSocket that has come and is not yet passed on. */
export interface Visitor {
	/** Sends it to the first of the upstreams that accepts; resolves when it is sent or given up, and never rejects. */
	pass(upstreams: Upstream[]): Promise<void>;
	refuse(reason: Refusal): void;
}
