import { Agent } from 'node:http';
import { connect as connectSocket, isIP, type NetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { openPipe } from '../../adapters/piped-command.ts';
import type { EngineAddress, EngineTls } from './engine-address.ts';
import type { EngineEnvironment } from './find-engine.ts';

/**
 * Node's HTTP client over whatever leads to an Engine. ssh is the system's own program, as with Docker's command line: so
 * its configuration, agent and known hosts count, which docker-modem's own way by the package ssh2 does not look at.
 */
export class EngineAgent extends Agent {
	readonly #address: EngineAddress;
	readonly #env: EngineEnvironment;
	readonly #connectMs: number;

	/** @param connectMs how long a connection may take */
	constructor(address: EngineAddress, env: EngineEnvironment, connectMs: number) {
		// A connection by ssh takes hundreds of milliseconds, so it is kept; the others are cheap, and none is stale after a restart.
		super({ keepAlive: address.kind === 'ssh' });
		this.#address = address;
		this.#env = env;
		this.#connectMs = connectMs;
	}

	override createConnection(_options: unknown, done: (error: Error | null, stream: Duplex) => void): undefined {
		this.#connect().then(
			(stream) => done(null, stream),
			(error: Error) => done(error, undefined as unknown as Duplex),
		);
	}

	async #connect(): Promise<Duplex> {
		const address = this.#address;
		switch (address.kind) {
			case 'unix':
				return this.#reach({ path: address.path });
			case 'tcp':
				return this.#reach({ host: address.host, port: address.port });
			case 'tls':
				return this.#secure(address.host, address.port, address.tls);
			case 'ssh':
				return openPipe('ssh', sshArguments(address, this.#connectMs), this.#env);
		}
	}

	#reach(to: NetConnectOpts): Promise<Duplex> {
		const socket = connectSocket(to);
		return inTime(socket, 'connect', this.#connectMs);
	}

	#secure(host: string, port: number, { ca, cert, key, verify }: EngineTls): Promise<Duplex> {
		// A certificate for an IP address names no server in the handshake.
		const named = isIP(host) === 0 ? { servername: host } : {};
		const socket = connectTls({ host, port, ca, cert, key, rejectUnauthorized: verify, ALPNProtocols: ['http/1.1'], ...named });
		return inTime(socket, 'secureConnect', this.#connectMs);
	}
}

function inTime(socket: Duplex, event: 'connect' | 'secureConnect', ms: number): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			socket.destroy(Object.assign(new Error(`no connection within ${ms} ms`), { code: 'ETIMEDOUT' }));
		}, ms);
		const fail = (error: Error) => {
			clearTimeout(timer);
			reject(error);
		};
		socket.once('error', fail);
		socket.once(event, () => {
			clearTimeout(timer);
			socket.off('error', fail);
			resolve(socket);
		});
	});
}

function sshArguments({ user, host, port, socket }: Extract<EngineAddress, { kind: 'ssh' }>, connectMs: number): string[] {
	return [
		'-T',
		// Nobody is asked for a passphrase or about an unknown host: the terminal is not ssh's.
		...['-o', 'BatchMode=yes'],
		...['-o', `ConnectTimeout=${Math.ceil(connectMs / 1000)}`],
		...(user === undefined ? [] : ['-l', user]),
		...(port === undefined ? [] : ['-p', port]),
		'--',
		host,
		'docker',
		// The far shell reads this.
		...(socket === undefined ? [] : [`'--host=unix://${socket.replaceAll("'", `'\\''`)}'`]),
		'system',
		'dial-stdio',
	];
}
