import { isIP } from 'node:net';
import { FlowferryError } from '../../errors/flowferry-error.ts';

/** What proves a TLS server to the client, and the client to the server: PEM texts. */
export interface EngineTls {
	/** Undefined: the authorities that Node.js trusts. */
	ca: Buffer | undefined;
	cert: Buffer | undefined;
	key: Buffer | undefined;
	/** False where a docker context says SkipTLSVerify: who answers is not checked. */
	verify: boolean;
}

/** Where an Engine listens. Plain TCP is only ever this machine. */
export type EngineAddress =
	| { kind: 'unix'; path: string }
	| { kind: 'tcp'; host: string; port: number }
	| { kind: 'tls'; host: string; port: number; tls: EngineTls }
	| { kind: 'ssh'; user: string | undefined; host: string; port: string | undefined; socket: string | undefined };

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const EXAMPLES = 'unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST';

/**
 * Reads an address as Docker's own tools write it. Without a scheme it is TCP, as there.
 * @param tls what TCP is secured with; undefined: nothing
 * @param from where it stands, for messages: `docker.host`, `DOCKER_HOST`
 * @throws FlowferryError ENGINE_ADDRESS_INVALID, or ENGINE_INSECURE for plain TCP to another machine: who reaches that port is root there
 */
export function parseEngineAddress(text: string, tls: EngineTls | undefined, from: string): EngineAddress {
	const url = parseUrl(text.includes('://') ? text : `tcp://${text}`, from);
	switch (url.protocol) {
		case 'unix:':
			if (url.host !== '' || url.pathname.length < 2) throw invalid(from, `${text} names no socket by its full path`);
			return { kind: 'unix', path: decodeURIComponent(url.pathname) };
		case 'tcp:':
			return tcpAddress(url, tls, from);
		case 'ssh:':
			return {
				kind: 'ssh',
				user: url.username === '' ? undefined : decodeURIComponent(url.username),
				host: hostOf(url, from),
				port: url.port === '' ? undefined : url.port,
				socket: url.pathname.length < 2 ? undefined : decodeURIComponent(url.pathname),
			};
		default:
			throw invalid(from, `addresses that begin with ${url.protocol}// are not known`);
	}
}

/** As it stands in messages. */
export function describeAddress(address: EngineAddress): string {
	switch (address.kind) {
		case 'unix':
			return `unix://${address.path}`;
		case 'tcp':
		case 'tls':
			return `tcp://${bracketed(address.host)}:${address.port}`;
		case 'ssh': {
			const { user, host, port, socket } = address;
			return `ssh://${user === undefined ? '' : `${user}@`}${bracketed(host)}${port === undefined ? '' : `:${port}`}${socket ?? ''}`;
		}
	}
}

function parseUrl(text: string, from: string): URL {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw invalid(from, 'it is no address');
	}
	// The text itself is not shown: a password may stand in it.
	if (url.password !== '') throw invalid(from, 'it holds a password: use a key and its agent (ssh), or certificates (tcp)');
	if (url.search !== '' || url.hash !== '') throw invalid(from, `${text} goes on behind the path`);
	return url;
}

function tcpAddress(url: URL, tls: EngineTls | undefined, from: string): EngineAddress {
	const host = hostOf(url, from);
	if (url.username !== '' || url.pathname.length > 1) throw invalid(from, 'tcp:// takes a host and a port, and nothing else');
	if (tls !== undefined) return { kind: 'tls', host, port: Number(url.port || TLS_PORT), tls };
	if (isLoopback(host)) return { kind: 'tcp', host, port: Number(url.port || PLAIN_PORT) };
	throw new FlowferryError({
		code: 'ENGINE_INSECURE',
		message: `${from}: plain TCP to ${host} is refused: whoever reaches such a port commands that machine, and can read what goes over it`,
		hint: 'reach it by ssh://USER@HOST, or by TLS: a docker context with certificates, or DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH',
	});
}

function hostOf(url: URL, from: string): string {
	const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1');
	// ssh takes what begins with a dash for an option.
	if (host === '' || /^-|[\s%]/.test(host)) throw invalid(from, 'it names no host');
	return host;
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function bracketed(host: string): string {
	return isIP(host) === 6 ? `[${host}]` : host;
}

function invalid(from: string, why: string): FlowferryError {
	return new FlowferryError({
		code: 'ENGINE_ADDRESS_INVALID',
		message: `${from} is no address of a Docker Engine: ${why}`,
		hint: `write it as ${EXAMPLES}`,
	});
}
