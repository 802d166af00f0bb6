import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { configFile, configFolder } from './docker-config.ts';
import { describeAddress, type EngineAddress, type EngineTls, parseEngineAddress } from './engine-address.ts';

/** The variables that Docker's tools read: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_CONFIG; HOME and XDG_RUNTIME_DIR. */
export type EngineEnvironment = Readonly<Record<string, string | undefined>>;

/** Which Engine the configuration asks for. */
export interface EngineChoice {
	/** `docker.host`: `unix://…`, `tcp://…` or `ssh://…`. */
	host?: string | undefined;
	/** `docker.context`: the name of a docker context. */
	context?: string | undefined;
	env: EngineEnvironment;
}

export interface FoundEngine {
	address: EngineAddress;
	/** What to call it in messages: `unix:///var/run/docker.sock`, `context plant (ssh://ops@plant)`. */
	name: string;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** The context that stands for "no context": DOCKER_HOST, or the socket. */
const DEFAULT_CONTEXT = 'default';

/**
 * Finds the Engine in the order of Docker's own command line: what is asked for, DOCKER_HOST, DOCKER_CONTEXT, the context
 * that is in use (`docker context use`), this machine's socket. Where that one is missing and a rootless Engine's is there,
 * that.
 * @throws FlowferryError ENGINE_ADDRESS_INVALID, ENGINE_INSECURE, ENGINE_CONTEXT_UNKNOWN, ENGINE_CONTEXT_INVALID or ENGINE_TLS_FILES
 */
export async function findEngine({ host, context, env }: EngineChoice): Promise<FoundEngine> {
	if (host !== undefined && context !== undefined) {
		throw new FlowferryError({
			code: 'ENGINE_ADDRESS_INVALID',
			message: 'docker.host and docker.context both name an Engine',
			hint: 'keep one of them',
		});
	}
	if (host !== undefined) return atHost(host, 'docker.host', env);
	if (context !== undefined) return inContext(context, 'docker.context', env);
	if (env.DOCKER_HOST) return atHost(env.DOCKER_HOST, 'DOCKER_HOST', env);
	if (env.DOCKER_CONTEXT) return inContext(env.DOCKER_CONTEXT, 'DOCKER_CONTEXT', env);
	const current = await readCurrentContext(env);
	if (current !== undefined) return inContext(current, `currentContext of ${configFile(env)}`, env);
	return atDefaultSocket(env);
}

async function atHost(host: string, from: string, env: EngineEnvironment): Promise<FoundEngine> {
	const address = parseEngineAddress(host, await readEnvironmentTls(env), from);
	return { address, name: describeAddress(address) };
}

async function atDefaultSocket(env: EngineEnvironment): Promise<FoundEngine> {
	const rootless = env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'docker.sock') : undefined;
	const path = rootless !== undefined && !(await exists(DEFAULT_SOCKET)) && (await exists(rootless)) ? rootless : DEFAULT_SOCKET;
	const address: EngineAddress = { kind: 'unix', path };
	return { address, name: describeAddress(address) };
}

/**
 * A context as docker/cli stores it (cli/context/store): `contexts/meta/<SHA-256 of its name>/meta.json`, and
 * `contexts/tls/<the same>/docker/{ca,cert,key}.pem`.
 */
async function inContext(context: string, from: string, env: EngineEnvironment): Promise<FoundEngine> {
	if (context === DEFAULT_CONTEXT) return env.DOCKER_HOST ? atHost(env.DOCKER_HOST, 'DOCKER_HOST', env) : atDefaultSocket(env);
	const id = createHash('sha256').update(context).digest('hex');
	const contexts = join(configFolder(env), 'contexts');
	const file = join(contexts, 'meta', id, 'meta.json');
	const text = await readIfThere(file);
	if (text === undefined) {
		throw new FlowferryError({
			code: 'ENGINE_CONTEXT_UNKNOWN',
			message: `${from}: there is no docker context ${context} in ${contexts}`,
			hint: '`docker context ls` lists those that are there; DOCKER_CONFIG names another folder than ~/.docker',
		});
	}
	const endpoint = readEndpoint(text.toString(), file);
	const files = await readTlsFiles(join(contexts, 'tls', id, 'docker'));
	const tls = files || endpoint.skipVerify ? { ...(files ?? noFiles), verify: !endpoint.skipVerify } : undefined;
	const address = parseEngineAddress(endpoint.host, tls, `docker context ${context}`);
	return { address, name: `context ${context} (${describeAddress(address)})` };
}

function readEndpoint(text: string, file: string): { host: string; skipVerify: boolean } {
	const meta = parseJson(text, file) as { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } } | null;
	const endpoint = meta?.Endpoints?.docker;
	if (typeof endpoint?.Host !== 'string' || endpoint.Host === '') throw unreadable(file, 'it names no Docker Engine');
	return { host: endpoint.Host, skipVerify: endpoint.SkipTLSVerify === true };
}

async function readCurrentContext(env: EngineEnvironment): Promise<string | undefined> {
	const file = configFile(env);
	const text = await readIfThere(file);
	if (text === undefined) return undefined;
	const current = (parseJson(text.toString(), file) as { currentContext?: unknown } | null)?.currentContext;
	return typeof current === 'string' && current !== '' ? current : undefined;
}

/** TLS where DOCKER_TLS_VERIFY has any value, as in Docker's own tools. */
async function readEnvironmentTls(env: EngineEnvironment): Promise<EngineTls | undefined> {
	if (!env.DOCKER_TLS_VERIFY) return undefined;
	const folder = env.DOCKER_CERT_PATH || configFolder(env);
	const files = await readTlsFiles(folder);
	if (files) return { ...files, verify: true };
	throw new FlowferryError({
		code: 'ENGINE_TLS_FILES',
		message: `DOCKER_TLS_VERIFY is set, and ${folder} has none of ca.pem, cert.pem and key.pem`,
		hint: 'name the folder of the certificates in DOCKER_CERT_PATH',
	});
}

type TlsFiles = Omit<EngineTls, 'verify'>;
const noFiles: TlsFiles = { ca: undefined, cert: undefined, key: undefined };

async function readTlsFiles(folder: string): Promise<TlsFiles | undefined> {
	const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(folder, name))));
	return ca || cert || key ? { ca, cert, key } : undefined;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
	try {
		return await readFile(file);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		throw unreadable(file, `it cannot be read (${code})`);
	}
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}

function parseJson(text: string, file: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// What JSON.parse says quotes the file, which may hold passwords for registries.
		throw unreadable(file, 'it is not JSON');
	}
}

function unreadable(file: string, why: string): FlowferryError {
	return new FlowferryError({
		code: 'ENGINE_CONTEXT_INVALID',
		message: `${file}: ${why}`,
		hint: 'repair it with `docker context`, or name the Engine itself in docker.host',
	});
}
