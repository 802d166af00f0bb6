import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Upstream } from '../lib/routers/router.ts';
import { badGateway, badRequest, type OwnAnswer, sendAnswerOnSocket, unavailable } from './answers.ts';
import { closeOnDeparture } from './departure.ts';
import { pathOf } from './ended-visit.ts';
import type { Connection, Forwarding } from './forwarder.ts';
import { closeFrame, FrameTracker } from './frame-tracker.ts';
import type { OpenWebSocket } from './open-web-sockets.ts';
import type { VisitParts } from './request-visit.ts';
import type { Refusal, Visitor } from './visitor.ts';

/** Service restart (RFC 6455's registry): the client is to connect again. */
const serviceRestart = 1012;

/** What a client gets to take its leave, and a frame that is under way to come whole. */
const leaveMs = 2_000;

/** One WebSocket: its upgrade waits and is passed on like a request, and then it lasts until either side closes it. */
export class WebSocketVisit implements Visitor, Forwarding, OpenWebSocket {
	readonly #request: IncomingMessage;
	readonly #socket: Socket;
	readonly #head: Buffer;
	readonly #parts: VisitParts;
	readonly #stopWatching: () => void;
	readonly #came = performance.now();
	readonly #client: string;
	readonly #frames = new FrameTracker();
	#connection: Connection | null = null;
	#status = 0;
	#settled = false;
	#isOpen = false;
	#isLeaving = false;

	constructor(request: IncomingMessage, socket: Socket, head: Buffer, parts: VisitParts) {
		this.#request = request;
		this.#socket = socket;
		this.#head = head;
		this.#parts = parts;
		this.#client = socket.remoteAddress ?? '';
		this.#stopWatching = closeOnDeparture(socket);
		socket.once('close', () => this.#report());
	}

	get instance(): string {
		return this.#connection?.upstream.instance ?? '';
	}

	async pass(upstreams: Upstream[]): Promise<'done' | 'unreachable'> {
		const { forwarder, tally } = this.#parts;
		const connection = await forwarder.connect(upstreams, (instance) => tally.webSockets.enter(instance));
		// It left, or its time was over, while the connection was made.
		const isOver = this.#settled || this.#socket.destroyed;
		if (connection === null) return isOver ? 'done' : 'unreachable';
		if (isOver) this.#giveBack(connection);
		else this.#forward(connection);
		return 'done';
	}

	refuse(reason: Refusal): void {
		this.#answer(reason === 'unreachable' ? badGateway : unavailable);
	}

	/** The upstream answers with something else than an upgrade; that is relayed. */
	answering(answer: IncomingMessage): void {
		this.#settled = true;
		this.#status = answer.statusCode ?? 0;
		answer.on('error', () => {});
		answer.once('close', () => {
			if (!answer.complete) this.#socket.destroy();
		});
	}

	upgraded(): void {
		this.#settled = true;
		this.#isOpen = true;
		this.#status = 101;
		this.#connection?.socket.on('data', (chunk: Buffer) => {
			this.#frames.push(chunk);
			// When this chunk has been passed on, too.
			if (this.#isLeaving) process.nextTick(() => this.#leaveBetweenFrames());
		});
		if (this.#isLeaving) process.nextTick(() => this.#leaveBetweenFrames());
	}

	restart(): void {
		if (this.#isLeaving) return;
		this.#isLeaving = true;
		setTimeout(() => this.#socket.destroy(), leaveMs).unref();
		if (this.#isOpen) this.#leaveBetweenFrames();
	}

	broken(error: Error): void {
		if (this.#settled || this.#socket.destroyed) return;
		this.#parts.failures.report('upgrade-failed', this.instance, error);
		this.#answer(badGateway);
	}

	#forward(connection: Connection): void {
		this.#stopWatching();
		this.#connection = connection;
		this.#socket.once('close', connection.leave);
		this.#socket.once('close', this.#parts.webSockets.add(this));
		// Here and not left to the library: it ends the upstream's side only after that has upgraded.
		this.#socket.once('close', () => connection.socket.destroySoon());
		try {
			this.#parts.forwarder.webSocket(this.#request, this.#socket, this.#head, connection, this);
		} catch {
			connection.socket.destroy();
			this.#answer(badRequest);
		}
	}

	#leaveBetweenFrames(): void {
		const upstream = this.#connection?.socket;
		if (!upstream || !this.#frames.isBetweenFrames || this.#socket.writableEnded) return;
		upstream.unpipe(this.#socket);
		this.#socket.unpipe(upstream);
		// What either side still says goes nowhere, but must flow, or its end is never seen.
		upstream.resume();
		this.#socket.resume();
		this.#socket.end(closeFrame(serviceRestart));
		upstream.end();
	}

	#report(): void {
		this.#parts.ended({
			kind: 'websocket',
			client: this.#client,
			method: this.#request.method ?? '',
			path: pathOf(this.#request.url),
			status: this.#status,
			whole: this.#isOpen,
			ms: Math.round(performance.now() - this.#came),
			instance: this.instance || null,
		});
	}

	#giveBack({ socket, leave }: Connection): void {
		socket.destroy();
		leave();
	}

	#answer(answer: OwnAnswer): void {
		if (this.#settled || this.#socket.destroyed) return;
		this.#settled = true;
		this.#status = answer.status;
		sendAnswerOnSocket(this.#socket, answer);
	}
}
