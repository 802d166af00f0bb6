import { createHash } from 'node:crypto';
import type { ReadableStream } from 'node:stream/web';
import { createConfiguration, HttpMethod, KubeConfig, RequestContext, ServerConfiguration, wrapHttpLibrary } from '@kubernetes/client-node';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { Transport } from './transport.ts';

/** undici's, of which client-node is made. */
interface Dispatcher {
	destroy(): Promise<void>;
}

/** What client-node keeps to itself. */
interface Internals {
	createDispatcher(cluster: unknown, options: object): Dispatcher | undefined;
}

/** An answer whose body comes bit by bit. */
export interface Streamed {
	status: number;
	text(): Promise<string>;
	stream(): ReadableStream;
}

/**
 * A kubeconfig whose clients keep their connections, and give up in time. (client-node's own make a new connection, with a TLS
 * handshake, for each request.)
 */
export class ClusterConfig extends KubeConfig {
	readonly #answerMs: number;
	readonly #transport: Transport;
	/** Those have WebSockets that are not open yet. */
	readonly #agents = new Set<{ destroy(): void }>();
	/** By a digest of all that a connection is made with: a certificate that was renewed has another. */
	readonly #dispatchers = new Map<string, Dispatcher | undefined>();

	/** @param answerMs see `Transport` */
	constructor(answerMs: number) {
		super();
		this.#answerMs = answerMs;
		this.#transport = new Transport(answerMs);
		const internals = this as unknown as Internals;
		const create = internals.createDispatcher.bind(this);
		internals.createDispatcher = (cluster, options) => {
			const key = createHash('sha256')
				.update(JSON.stringify([cluster, options]))
				.digest('hex');
			if (!this.#dispatchers.has(key)) this.#dispatchers.set(key, create(cluster, options));
			return this.#dispatchers.get(key);
		};
	}

	override makeApiClient: KubeConfig['makeApiClient'] = (api) =>
		new api(
			createConfiguration({
				baseServer: new ServerConfiguration(this.#server(), {}),
				authMethods: { default: this },
				httpApi: wrapHttpLibrary(this.#transport),
			}),
		);

	/** HTTP/1.1: where one request is given up, its connection ends, and the next does not wait on one that is dead. */
	override createDispatcherOptions(...args: Parameters<KubeConfig['createDispatcherOptions']>) {
		const options = super.createDispatcherOptions(...args);
		return 'connect' in options && options.connect ? { ...options, connect: { ...options.connect, allowH2: false } } : options;
	}

	/** A WebSocket that does not open is given up like any request: the API server itself waits for half a minute for a node that is gone. */
	override async applyToHTTPSOptions(options: Parameters<KubeConfig['applyToHTTPSOptions']>[0]): Promise<void> {
		await super.applyToHTTPSOptions(options);
		Object.assign(options, { handshakeTimeout: this.#answerMs });
		const { agent } = options;
		if (typeof agent === 'object') this.#agents.add(agent);
	}

	/** Gives up the WebSockets that are not open yet. */
	abandonHandshakes(): void {
		for (const agent of this.#agents) agent.destroy();
	}

	/** @throws FlowferryError CLUSTER_UNAUTHORIZED where the way to sign in fails; what it says is not shown, it may hold secrets */
	override async applySecurityAuthentication(context: RequestContext): Promise<void> {
		try {
			await super.applySecurityAuthentication(context);
		} catch (error) {
			const { code, path, syscall } = error as NodeJS.ErrnoException;
			if (path !== undefined && syscall === 'open') {
				throw new FlowferryError({
					code: 'KUBECONFIG_UNREADABLE',
					message: `${path}, which the kubeconfig names, cannot be read (${code})`,
					hint: "correct the kubeconfig's paths, or give this user leave to read the file",
				});
			}
			throw new FlowferryError({
				code: 'CLUSTER_UNAUTHORIZED',
				message: `signing in as the kubeconfig's user ${this.getCurrentUser()?.name ?? '(none)'} failed`,
				hint: 'try `kubectl version` with the same context: it signs in the same way, and says what is missing',
			});
		}
	}

	/**
	 * Reads JSON as it comes, with times as strings.
	 * @param answerMs sooner than other requests
	 */
	async get(path: string, query: Record<string, string>, answerMs?: number): Promise<{ status: number; body: string }> {
		const transport = answerMs === undefined ? this.#transport : new Transport(answerMs);
		const answer = await transport.send(await this.#request(path, query));
		return { status: answer.httpStatusCode, body: await answer.body.text() };
	}

	/**
	 * The same for an answer without an end, and without a bound of time.
	 * @param signal ends it
	 */
	async stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<Streamed> {
		const request = await this.#request(path, query);
		request.setSignal(signal);
		const { httpStatusCode, body } = await this.#transport.stream(request);
		return { status: httpStatusCode, text: () => body.text(), stream: () => body.stream() as ReadableStream };
	}

	/** Ends its connections; what is under way fails. */
	close(): void {
		for (const dispatcher of this.#dispatchers.values()) void dispatcher?.destroy();
		this.#dispatchers.clear();
	}

	async #request(path: string, query: Record<string, string>): Promise<RequestContext> {
		const request = new RequestContext(this.#server() + path, HttpMethod.GET);
		for (const [key, value] of Object.entries(query)) request.setQueryParam(key, value);
		await this.applySecurityAuthentication(request);
		return request;
	}

	#server(): string {
		return (this.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
	}
}
