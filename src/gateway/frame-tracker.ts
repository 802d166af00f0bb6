/**
 * Follows a stream of WebSocket frames (RFC 6455, 5.2) without keeping any of it: whether it stands between two frames. Only
 * there may something be put in.
 */
export class FrameTracker {
	/** What is left of the frame that is under way, once its head is known. */
	#left = 0;
	/** A head that has not come whole yet. */
	#head: number[] = [];

	get isBetweenFrames(): boolean {
		return this.#left === 0 && this.#head.length === 0;
	}

	push(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length) {
			if (this.#left > 0) {
				const part = Math.min(this.#left, chunk.length - at);
				this.#left -= part;
				at += part;
			} else {
				this.#head.push(chunk[at++] as number);
				this.#readHead();
			}
		}
	}

	#readHead(): void {
		const [, second] = this.#head;
		if (second === undefined) return;
		const short = second & 0x7f;
		const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
		const maskBytes = second & 0x80 ? 4 : 0;
		if (this.#head.length < 2 + lengthBytes + maskBytes) return;
		const length = this.#head.slice(2, 2 + lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
		this.#left = lengthBytes === 0 ? short : length;
		this.#head = [];
	}
}

/** A server's close frame with a status and no reason. */
export function closeFrame(status: number): Buffer {
	return Buffer.from([0x88, 2, status >> 8, status & 0xff]);
}
