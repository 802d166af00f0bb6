import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Upstream } from '../lib/routers/router.ts';
import { badGateway, badRequest, type OwnAnswer, sendAnswerOnSocket, unavailable } from './answers.ts';
import { closeOnDeparture } from './departure.ts';
import type { Connection, Forwarding } from './forwarder.ts';
import type { VisitParts } from './request-visit.ts';
import type { Visitor } from './visitor.ts';

/** One WebSocket: its upgrade waits and is passed on like a request, and then it lasts until either side closes it. */
export class WebSocketVisit implements Visitor, Forwarding {
	readonly #request: IncomingMessage;
	readonly #socket: Socket;
	readonly #head: Buffer;
	readonly #parts: VisitParts;
	readonly #stopWatching: () => void;
	#instance = '';
	#settled = false;

	constructor(request: IncomingMessage, socket: Socket, head: Buffer, parts: VisitParts) {
		this.#request = request;
		this.#socket = socket;
		this.#head = head;
		this.#parts = parts;
		this.#stopWatching = closeOnDeparture(socket);
	}

	async pass(upstreams: Upstream[]): Promise<void> {
		const { forwarder, tally } = this.#parts;
		const connection = await forwarder.connect(upstreams, (instance) => tally.webSockets.enter(instance));
		if (connection === null) this.#answer(badGateway);
		else if (this.#socket.destroyed) this.#giveBack(connection);
		else this.#forward(connection);
	}

	refuse(): void {
		this.#answer(unavailable);
	}

	/** The upstream answers with something else than an upgrade; that is relayed. */
	answering(answer: IncomingMessage): void {
		this.#settled = true;
		answer.on('error', () => {});
		answer.once('close', () => {
			if (!answer.complete) this.#socket.destroy();
		});
	}

	upgraded(): void {
		this.#settled = true;
	}

	broken(error: Error): void {
		if (this.#settled || this.#socket.destroyed) return;
		this.#parts.failures.report('upgrade-failed', this.#instance, error);
		this.#answer(badGateway);
	}

	#forward(connection: Connection): void {
		this.#stopWatching();
		this.#instance = connection.upstream.instance;
		this.#socket.once('close', connection.leave);
		// Here and not left to the library: it ends the upstream's side only after that has upgraded.
		this.#socket.once('close', () => connection.socket.destroySoon());
		try {
			this.#parts.forwarder.webSocket(this.#request, this.#socket, this.#head, connection, this);
		} catch {
			connection.socket.destroy();
			this.#answer(badRequest);
		}
	}

	#giveBack({ socket, leave }: Connection): void {
		socket.destroy();
		leave();
	}

	#answer(answer: OwnAnswer): void {
		if (this.#settled || this.#socket.destroyed) return;
		this.#settled = true;
		sendAnswerOnSocket(this.#socket, answer);
	}
}
