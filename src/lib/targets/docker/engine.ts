import Dockerode from 'dockerode';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { EngineAddress } from './engine-address.ts';
import { EngineAgent } from './engine-agent.ts';
import { explainEngineFault } from './engine-fault.ts';
import { type EngineChoice, type EngineEnvironment, findEngine } from './find-engine.ts';
import { signedIn } from './signed-in.ts';

/** A Docker Engine that answered. */
export interface Engine {
	docker: Dockerode;
	/** How it was asked for: so another process finds it, too. */
	choice: EngineChoice;
	/** What to call it in messages: `unix:///var/run/docker.sock`, `context plant (ssh://ops@plant)`. */
	name: string;
	/** Where the ports that it publishes are reached: 127.0.0.1, or the machine's name. */
	host: string;
	/** Of its API, as this connection speaks it: `1.41`. */
	apiVersion: string;
	/** Ends connections that are kept for later calls; the next call opens a new one. */
	close(): void;
}

/** The oldest API that has all that is used (Engine 20.10), and the newest that was tried. */
const OLDEST_API = '1.41';
const TESTED_API = '1.41';

/** Milliseconds. */
export interface EngineTimes {
	/** For each connection. Default: 10 s. */
	connectMs: number;
	/** For the Engine's first answer. Default: 20 s. */
	answerMs: number;
}

const defaultTimes: EngineTimes = { connectMs: 10_000, answerMs: 20_000 };

/**
 * Finds the Engine, connects, and agrees on the version of the API.
 * @throws FlowferryError as `findEngine` and `explainEngineFault`; ENGINE_TOO_OLD; ENGINE_NOT_ANSWERING
 */
export async function connectEngine(choice: EngineChoice, times: Partial<EngineTimes> = {}): Promise<Engine> {
	const { connectMs, answerMs } = { ...defaultTimes, ...times };
	const { address, name } = await findEngine(choice);
	const agent = new EngineAgent(address, choice.env, connectMs);
	try {
		const { ApiVersion, MinAPIVersion } = await askVersion(openDocker(agent, choice.env), answerMs, name);
		const apiVersion = chooseApiVersion(ApiVersion, MinAPIVersion);
		if (apiVersion === undefined) throw tooOld(name, ApiVersion);
		return {
			docker: openDocker(agent, choice.env, apiVersion),
			choice,
			name,
			host: publishedHost(address),
			apiVersion,
			close: () => agent.destroy(),
		};
	} catch (error) {
		agent.destroy();
		throw explainEngineFault(error, name);
	}
}

/**
 * The version that was tested, where the Engine speaks it; the oldest that it still speaks, where that is newer (Engine 29
 * speaks 1.44 and later). Undefined: it is too old.
 * @param newest what the Engine calls ApiVersion @param oldest MinAPIVersion; Podman leaves it out at times
 */
export function chooseApiVersion(newest: string, oldest: string | undefined): string | undefined {
	if (compareVersions(newest, OLDEST_API) < 0) return undefined;
	return oldest !== undefined && compareVersions(oldest, TESTED_API) > 0 ? oldest : TESTED_API;
}

/** docker-modem takes from this program's own environment what it is not told, so it is told everything. */
function openDocker(agent: EngineAgent, env: EngineEnvironment, apiVersion?: string): Dockerode {
	try {
		const docker = new Dockerode({
			protocol: 'http',
			// Goes into the requests; the agent knows where to.
			host: 'docker-engine',
			port: 80,
			agent,
			version: apiVersion === undefined ? undefined : `v${apiVersion}`,
			socketPath: undefined,
			username: undefined,
			ca: undefined,
			cert: undefined,
			key: undefined,
			timeout: undefined,
		} as Dockerode.DockerOptions);
		return signedIn(docker, env);
	} catch (cause) {
		// It reads those variables even where the configuration names the Engine.
		const { path: file, code } = cause as NodeJS.ErrnoException;
		if (file !== undefined) {
			throw new FlowferryError({
				code: 'ENGINE_TLS_FILES',
				message: `${file} cannot be read (${code})`,
				hint: 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem, of which a client needs all three; or unset it',
				cause,
			});
		}
		throw new FlowferryError({
			code: 'ENGINE_ADDRESS_INVALID',
			message: 'DOCKER_HOST cannot be read',
			hint: 'correct or unset it',
			cause,
		});
	}
}

async function askVersion(docker: Dockerode, ms: number, name: string): Promise<Dockerode.DockerVersion> {
	const abortSignal = AbortSignal.timeout(ms);
	try {
		// The types leave out what the call takes.
		const answer = await (docker.version as (options: { abortSignal: AbortSignal }) => Promise<Dockerode.DockerVersion>)({ abortSignal });
		if (typeof answer?.ApiVersion === 'string') return answer;
	} catch (cause) {
		if (!abortSignal.aborted) throw cause;
		throw new FlowferryError({
			code: 'ENGINE_NOT_ANSWERING',
			message: `the Docker Engine at ${name} did not answer within ${ms} ms`,
			hint: "look at the Engine's log (`journalctl -u docker`): it may be starting, or stuck",
			cause,
		});
	}
	throw new FlowferryError({
		code: 'ENGINE_NOT_ANSWERING',
		message: `what answers at ${name} is no Docker Engine`,
		hint: 'check the address: docker.host, DOCKER_HOST or the docker context',
	});
}

function publishedHost(address: EngineAddress): string {
	return address.kind === 'unix' ? '127.0.0.1' : address.host;
}

function tooOld(name: string, version: string): FlowferryError {
	return new FlowferryError({
		code: 'ENGINE_TOO_OLD',
		message: `the Docker Engine at ${name} speaks API ${version}; flowferry needs ${OLDEST_API} or later`,
		hint: 'upgrade Docker there to 20.10 or later (Podman: 4 or later)',
	});
}

function compareVersions(a: string, b: string): number {
	const [majorA = 0, minorA = 0] = a.split('.').map(Number);
	const [majorB = 0, minorB = 0] = b.split('.').map(Number);
	return majorA - majorB || minorA - minorB;
}
