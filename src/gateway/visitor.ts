import type { Upstream } from '../lib/routers/router.ts';

/**
 * Why somebody is not served: traffic is closed, too many wait, the wait was too long, no instance accepted a connection for
 * too long, the gateway stops.
 */
export type Refusal = 'closed' | 'queue-full' | 'waited-too-long' | 'unreachable' | 'stopping';

/** A request or a WebSocket that has come and is not yet passed on. */
export interface Visitor {
	/**
	 * Sends it to the first of the upstreams that accepts; resolves when it is sent or given up (`done`), and never rejects.
	 * `unreachable`: none accepted. Then nothing of it was read or sent, and it may be passed again.
	 */
	pass(upstreams: Upstream[]): Promise<'done' | 'unreachable'>;
	refuse(reason: Refusal): void;
}
