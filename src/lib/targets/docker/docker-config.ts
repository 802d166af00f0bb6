import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the user's settings for Docker's own tools say of registries. */
export interface DockerConfig {
	/** By registry: what `docker login` wrote. */
	auths?: Record<string, { auth?: unknown; identitytoken?: unknown }>;
	/** A credential helper for all registries, and those for single ones. */
	credsStore?: unknown;
	credHelpers?: Record<string, unknown>;
}

/** What of the program's environment says where those settings are. */
export interface DockerConfigEnvironment {
	readonly DOCKER_CONFIG?: string | undefined;
	readonly HOME?: string | undefined;
}

export function configFolder(env: DockerConfigEnvironment): string {
	return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
}

export function configFile(env: DockerConfigEnvironment): string {
	return join(configFolder(env), 'config.json');
}

/** Empty where there are none, or none that can be read: whoever needs them says so. */
export async function readDockerConfig(env: DockerConfigEnvironment): Promise<DockerConfig> {
	try {
		return Object(JSON.parse(await readFile(configFile(env), 'utf8'))) as DockerConfig;
	} catch {
		return {};
	}
}
