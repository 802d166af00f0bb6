import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Upstream } from '../lib/routers/router.ts';
import { badGateway, badRequest, type OwnAnswer, sendAnswer, unavailable } from './answers.ts';
import { type EndedVisit, pathOf } from './ended-visit.ts';
import type { Connection, Forwarder, Forwarding } from './forwarder.ts';
import type { FailureLog } from './log.ts';
import type { OpenWebSockets } from './open-web-sockets.ts';
import type { Tally } from './tally.ts';
import type { Refusal, Visitor } from './visitor.ts';

export interface VisitParts {
	forwarder: Forwarder;
	tally: Tally;
	failures: FailureLog;
	webSockets: OpenWebSockets;
	/** Told of each visit once, when it is over. */
	ended(visit: EndedVisit): void;
	/** False: the gateway is about to end, or its clients are to come elsewhere by themselves: each answer ends its connection. */
	keepsConnections(): boolean;
}

/** One HTTP request, from its arrival to its answer. Its body is not read before it is passed on. */
export class RequestVisit implements Visitor, Forwarding {
	readonly #request: IncomingMessage;
	readonly #response: ServerResponse;
	readonly #parts: VisitParts;
	readonly #expectsContinue: boolean;
	readonly #came = performance.now();
	/** Gone from the socket when it is closed. */
	readonly #client: string;
	#instance = '';
	#answering = false;
	#failed = false;

	constructor(request: IncomingMessage, response: ServerResponse, parts: VisitParts, expectsContinue = false) {
		this.#request = request;
		this.#response = response;
		this.#parts = parts;
		this.#expectsContinue = expectsContinue;
		this.#client = request.socket.remoteAddress ?? '';
		parts.tally.totals.requests++;
		request.on('error', () => {});
		response.on('error', () => {});
		response.once('close', () => this.#report());
	}

	async pass(upstreams: Upstream[]): Promise<'done' | 'unreachable'> {
		const { forwarder, tally } = this.#parts;
		const connection = await forwarder.connect(upstreams, (instance) => tally.requests.enter(instance));
		// It left, or its time was over, while the connection was made.
		const isOver = this.#failed || this.#response.destroyed;
		if (connection === null) return isOver ? 'done' : 'unreachable';
		if (isOver) giveBack(connection);
		else this.#forward(connection);
		return 'done';
	}

	refuse(reason: Refusal): void {
		this.#fail(reason === 'unreachable' ? badGateway : unavailable);
	}

	answering(answer: IncomingMessage): void {
		this.#answering = true;
		if (!this.#parts.keepsConnections()) answer.headers.connection = 'close';
		answer.on('error', () => {});
		// Cut off in the middle: the client must see a broken answer, not one that ends too early or never.
		answer.once('close', () => {
			if (!answer.complete) this.#cut(new Error('the answer broke off'));
		});
	}

	broken(error: Error): void {
		// An answer that has begun speaks for itself: an upstream may answer and close without reading the whole body.
		if (this.#answering || this.#response.destroyed || this.#request.socket.destroyed) return;
		if (!this.#failed) this.#parts.failures.report('request-failed', this.#instance, error);
		this.#fail(badGateway);
	}

	#forward(connection: Connection): void {
		this.#instance = connection.upstream.instance;
		this.#response.once('close', connection.leave);
		this.#response.once('finish', () => this.#discardRest());
		if (this.#expectsContinue) {
			delete this.#request.headers.expect;
			this.#response.writeContinue();
		}
		try {
			this.#parts.forwarder.request(this.#request, this.#response, connection, this);
		} catch {
			connection.socket.destroy();
			this.#fail(badRequest);
		}
	}

	#fail(answer: OwnAnswer): void {
		if (this.#failed || this.#response.destroyed) return;
		this.#failed = true;
		this.#parts.tally.totals.failed++;
		if (!this.#parts.keepsConnections()) this.#response.shouldKeepAlive = false;
		sendAnswer(this.#response, answer);
	}

	#cut(error: Error): void {
		if (this.#failed || this.#response.destroyed) return;
		this.#failed = true;
		this.#parts.tally.totals.failed++;
		this.#parts.failures.report('answer-cut', this.#instance, error);
		this.#response.destroy();
	}

	#report(): void {
		const { headersSent, statusCode, writableFinished } = this.#response;
		this.#parts.ended({
			kind: 'request',
			client: this.#client,
			method: this.#request.method ?? '',
			path: pathOf(this.#request.url),
			status: headersSent ? statusCode : 0,
			whole: writableFinished,
			ms: Math.round(performance.now() - this.#came),
			instance: this.#instance || null,
		});
	}

	/** Answered before the whole body had come: what still comes must flow off, or the client's connection is stuck. */
	#discardRest(): void {
		if (this.#request.complete) return;
		this.#request.unpipe();
		this.#request.resume();
	}
}

function giveBack({ socket, leave }: Connection): void {
	socket.destroy();
	leave();
}
