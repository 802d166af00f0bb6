import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { notImplemented, sendAnswerOnSocket } from './answers.ts';
import { RequestVisit, type VisitParts } from './request-visit.ts';
import type { TrafficSwitch } from './traffic-switch.ts';
import { WebSocketVisit } from './web-socket-visit.ts';

/** Longer than most clients keep an idle connection: who closes first must be they, or a request meets a closed one. */
const keepAliveMs = 65_000;

/** Production's address. Everything that comes is shown to the switch. */
export function createPublicServer(traffic: TrafficSwitch, parts: VisitParts): Server {
	const server = createServer({
		keepAliveTimeout: keepAliveMs,
		// An upload may last as long as it needs, and waits unread during a hold. Slow heads still time out.
		requestTimeout: 0,
		// Other upgrades (clients offer h2c unasked) may be ignored by HTTP's rules: they go on as requests.
		shouldUpgradeCallback: isWebSocket,
	});
	const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
		const visit = new RequestVisit(request, response, parts, expectsContinue);
		response.once('close', () => traffic.leave(visit));
		traffic.admit(visit);
	};
	server.on('request', (request, response) => serve(request, response, false));
	// Without this, Node tells the client at once to send its body, be the request held or not.
	server.on('checkContinue', (request, response) => serve(request, response, true));
	server.on('upgrade', (request, duplex, head) => {
		const socket = socketOf(duplex);
		if (!isWebSocket(request)) return sendAnswerOnSocket(socket, notImplemented);
		const visit = new WebSocketVisit(request, socket, head, parts);
		traffic.admit(visit);
		const leave = () => traffic.leave(visit);
		socket.once('close', leave);
	});
	return server;
}

function isWebSocket(request: IncomingMessage): boolean {
	return request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
}

/** The server is a plain one, so what it upgrades is a socket; without a listener, its errors would end the process. */
function socketOf(duplex: Duplex): Socket {
	return (duplex as Socket).on('error', () => {});
}
