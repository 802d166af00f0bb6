import type { Upstream } from '../lib/routers/router.ts';

/** A WebSocket that is passed on to an instance. */
export interface OpenWebSocket {
	readonly instance: string;
	/** Tells the client to come again (status 1012), and ends it. */
	restart(): void;
}

/** Those that are open, so that they can be ended when their instance will serve no more. */
export class OpenWebSockets {
	readonly #open = new Set<OpenWebSocket>();

	/** Until the returned function is called. */
	add(webSocket: OpenWebSocket): () => void {
		this.#open.add(webSocket);
		return () => this.#open.delete(webSocket);
	}

	/** Ends all but those of these upstreams. */
	restartAllBut(upstreams: readonly Upstream[]): void {
		const kept = new Set(upstreams.map(({ instance }) => instance));
		for (const webSocket of this.#open) if (!kept.has(webSocket.instance)) webSocket.restart();
	}
}
