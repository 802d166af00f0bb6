import { setTimeout as sleep } from 'node:timers/promises';
import { IsomorphicFetchHttpLibrary, type PromiseHttpLibrary, type RequestContext, type ResponseContext } from '@kubernetes/client-node';

/** Before a second attempt where the server does not say when; doubled with each further one. */
const AGAIN_MS = 100;
/** Waits are longer by up to this part, so that all who were turned away do not come back together. */
const JITTER = 0.25;

/**
 * Sends client-node's requests, each within a bound of time: where nothing is said, fetch waits five minutes for a server that stands
 * still. Within that bound comes again what was turned away unheard (429, of any method), and what reads, where the server
 * failed (5xx) or had just ended the connection.
 */
export class Transport implements PromiseHttpLibrary {
	readonly #fetch = new IsomorphicFetchHttpLibrary();
	readonly #answerMs: number;

	/** @param answerMs for each request, all its attempts and its answer's last byte included */
	constructor(answerMs: number) {
		this.#answerMs = answerMs;
	}

	/** @returns the last answer, whatever its status @throws DOMException TimeoutError, or as fetch */
	async send(request: RequestContext): Promise<ResponseContext> {
		const signal = AbortSignal.timeout(this.#answerMs);
		const end = performance.now() + this.#answerMs;
		request.setSignal(signal);
		request.setHeaderParam('User-Agent', 'flowferry');
		for (let attempt = 0; ; attempt++) {
			const answer = await this.#attempt(request).catch((error: unknown) => {
				if (attempt === 0 && isRead(request) && wasDropped(error)) return null;
				throw error;
			});
			const waitMs = answer === null ? 0 : mayComeAgain(request, answer) ? waitOf(answer, attempt) : null;
			if (answer !== null && (waitMs === null || performance.now() + waitMs >= end)) return answer;
			// To its end, or its connection stays taken.
			await answer?.body.text();
			if (waitMs) await sleep(waitMs, undefined, { signal });
		}
	}

	/** Sends once, without a bound of its own: for watches, whose answers have no end. */
	async stream(request: RequestContext): Promise<ResponseContext> {
		request.setHeaderParam('User-Agent', 'flowferry');
		return await this.#attempt(request);
	}

	async #attempt(request: RequestContext): Promise<ResponseContext> {
		return await this.#fetch.send(request).toPromise();
	}
}

function isRead(request: RequestContext): boolean {
	return request.getHttpMethod() === 'GET';
}

function mayComeAgain(request: RequestContext, { httpStatusCode }: ResponseContext): boolean {
	return httpStatusCode === 429 || (httpStatusCode >= 500 && isRead(request));
}

/** A connection that was kept, and that the server ended in the moment in which it was used again. */
function wasDropped(error: unknown): boolean {
	const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
	return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function waitOf({ headers }: ResponseContext, attempt: number): number {
	const seconds = Number(headers['retry-after'] ?? Number.NaN);
	const ms = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : AGAIN_MS * 2 ** attempt;
	return ms * (1 + JITTER * Math.random());
}
