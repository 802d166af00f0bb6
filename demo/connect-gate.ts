/**
 * Keeps publishing and connecting apart. The broker restores a session's subscription some turns before it sends what was
 * queued for it; a message published in between would go out both ways, twice. So while a client connects, publishes wait
 * (unacknowledged, a few milliseconds), and a client's connecting waits for those on their way.
 */
export class ConnectGate {
	readonly #connecting = new Set<object>();
	#publishing = 0;
	#waitingToPublish: (() => void)[] = [];
	#waitingToConnect: (() => void)[] = [];

	/** Calls `go` when the message may pass; `published` must follow. */
	publish(go: () => void): void {
		if (this.#connecting.size > 0) {
			this.#waitingToPublish.push(go);
			return;
		}
		this.#publishing++;
		go();
	}

	published(): void {
		this.#publishing--;
		if (this.#publishing === 0) callAll(this.#waitingToConnect.splice(0));
	}

	/** Calls `go` when the client may connect; `connected` must follow, or the like where it gives up. */
	connect(client: object, go: () => void): void {
		this.#connecting.add(client);
		if (this.#publishing > 0) this.#waitingToConnect.push(go);
		else go();
	}

	/** Idempotent. */
	connected(client: object): void {
		if (!this.#connecting.delete(client) || this.#connecting.size > 0) return;
		callAll(this.#waitingToPublish.splice(0).map((go) => () => this.publish(go)));
	}
}

function callAll(waiting: (() => void)[]): void {
	for (const go of waiting) go();
}
