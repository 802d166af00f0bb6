import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { judge, permissionsOf } from './editor-rules.ts';
import { EditorUsers } from './editor-users.ts';
import { requireFromNodeRed } from './node-red.ts';
import type { EditorConfig } from './protocol.ts';
import { sleep } from './time.ts';

/** Where Node-RED has its editor; a name that no flow is likely to use. */
const ROOT = '/flowferry-editor';
const NODE_RED_BODY_LIMIT = '5mb';
const SIGNED_IN_FOR_S = 8 * 3600;
const POLL_MS = 10;

type AdminRequest = IncomingMessage & { path: string };
type AdminResponse = ServerResponse & { status(code: number): AdminResponse; json(body: object): void };
type Next = (to?: 'router') => void;
type BodyParser = (options: { limit: string | number; extended?: boolean }) => unknown;

interface OwnSettings {
	editorTheme?: object;
	apiMaxLength?: string | number;
}

/**
 * The way to Node-RED's editor: a port of its own on 127.0.0.1. Node-RED serves editor and flows at one port, which the router knows;
 * what comes in there finds no editor, by the connection that it came over and not by its path.
 */
export class Editor {
	readonly #config: EditorConfig;
	readonly #users: EditorUsers;
	/** What came in by the port of its own. */
	readonly #own = new WeakSet<IncomingMessage>();
	#mayWork: () => boolean = () => false;
	#stillUntilMs = 0;
	#requests = 0;
	/** Deploys that were accepted, and of which Node-RED has not said that the flows are started. */
	#starts = 0;

	constructor(config: EditorConfig) {
		this.#config = config;
		this.#users = new EditorUsers(config.users);
	}

	/** Node-RED's settings, over the user's own. */
	settings(own: OwnSettings): object {
		const permissions = permissionsOf(this.#config.access);
		const known = async (username: string) => (this.#users.has(username) ? { username, permissions } : null);
		return {
			httpAdminRoot: ROOT,
			disableEditor: false,
			adminAuth: {
				type: 'credentials',
				sessionExpiryTime: SIGNED_IN_FOR_S,
				users: known,
				authenticate: async (username: string, password: string) =>
					(await this.#users.verify(username, password)) ? await known(username) : null,
			},
			httpAdminAuth: undefined,
			httpAdminCors: undefined,
			requireHttps: false,
			httpAdminMiddleware: this.#middleware(own.apiMaxLength ?? NODE_RED_BODY_LIMIT),
			editorTheme: { ...own.editorTheme, projects: { enabled: false }, palette: { editable: false } },
		};
	}

	/**
	 * @param server Node-RED's own
	 * @returns its port
	 */
	async listen(server: Server): Promise<number> {
		const door = createServer((request, response) => {
			if (request.url !== ROOT && !request.url?.startsWith(`${ROOT}/`))
				return response.writeHead(302, { location: `${ROOT}/`, connection: 'close' }).end();
			this.#own.add(request);
			server.emit('request', request, response);
		});
		door.on('upgrade', (request, socket, head) => {
			if (!isComms(request)) return socket.destroy();
			this.#own.add(request);
			server.emit('upgrade', request, socket, head);
		});
		// Of Node-RED's own listeners none sees where a WebSocket came from.
		server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
			if (isComms(request) && !this.#own.has(request)) socket.destroy();
		});
		await listenOn(door, this.#config.port).catch(() => listenOn(door, 0));
		door.unref();
		return (door.address() as AddressInfo).port;
	}

	/** The flows run, and may be changed; a cutover that brought them here is over. @param mayWork asked at each change */
	open(mayWork: () => boolean): void {
		this.#mayWork = mayWork;
		this.#stillUntilMs = 0;
	}

	/**
	 * From now on nothing is changed. Resolves when no deploy is under way any more: Node-RED would start flows after it was told to stop
	 * them. @throws Error where it does not end in time
	 */
	async close(timeoutMs: number): Promise<void> {
		this.#mayWork = () => false;
		await this.#untilDeployed(timeoutMs);
	}

	/** A cutover counts what the flows get: while it does, they are not changed. @throws as `close` */
	async holdStill(forMs: number, timeoutMs: number): Promise<void> {
		this.#stillUntilMs = performance.now() + forMs;
		await this.#untilDeployed(timeoutMs);
	}

	async #untilDeployed(timeoutMs: number): Promise<void> {
		const end = performance.now() + timeoutMs;
		while (this.deploying) {
			if (performance.now() >= end) throw new Error(`a deploy of the editor did not end within ${timeoutMs} ms`);
			await sleep(POLL_MS);
		}
	}

	get deploying(): boolean {
		return this.#requests > 0 || this.#starts > 0;
	}

	/** Node-RED has started flows; it may say so before it has answered. At its own start nobody had deployed any. */
	deployed(): void {
		if (this.deploying) this.#starts--;
	}

	/** Judged when the body is there: one that comes slowly must not be deployed on an instance that is no longer active by then. */
	#middleware(limit: string | number): unknown[] {
		const { json, urlencoded } = requireFromNodeRed('express') as { json: BodyParser; urlencoded: BodyParser };
		// Goes on as if there were no editor: to the flows.
		const fromOwnPort = (request: AdminRequest, _: unknown, next: Next) => next(this.#own.has(request) ? undefined : 'router');
		const take = (request: AdminRequest, response: AdminResponse, next: Next) => this.#take(request, response, next);
		return [fromOwnPort, json({ limit }), urlencoded({ limit, extended: true }), take];
	}

	#take(request: AdminRequest, response: AdminResponse, next: Next): void {
		const works = this.#mayWork() && performance.now() >= this.#stillUntilMs;
		const verdict = judge(request.method ?? '', request.path, this.#config.access, works);
		if (verdict.kind === 'deploys') this.#follow(response);
		if (verdict.kind === 'answered') response.status(verdict.status).json(verdict.body);
		else next();
	}

	/** Until it is answered; whether somebody still reads the answer does not matter. */
	#follow(response: ServerResponse): void {
		this.#requests++;
		const end = response.end;
		response.end = ((...args: Parameters<typeof end>) => {
			response.end = end;
			this.#requests--;
			if (response.statusCode < 300) this.#starts++;
			return response.end(...args);
		}) as typeof end;
	}
}

/** Whatever Node-RED's look at the address might take for its editor's WebSocket. */
function isComms({ url = '' }: IncomingMessage): boolean {
	return /flowferry-editor[\\/]+comms/i.test(url);
}

function listenOn(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve();
		});
	});
}
