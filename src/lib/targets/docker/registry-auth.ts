import { askCredentialHelper } from '../../adapters/credential-helper.ts';
import { type DockerConfig, type DockerConfigEnvironment, readDockerConfig } from './docker-config.ts';

/** As the Engine takes it with a pull. */
export type RegistryAuth = { serveraddress: string } & ({ username: string; password: string } | { identitytoken: string });

/** Under which key Docker's own tools keep a sign-in to Docker Hub. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Which registry an image comes from, as sign-ins are kept by: `registry.example:5000`. Pure. */
export function registryOf(image: string): string {
	const [first = '', ...rest] = image.split('/');
	const isRegistry = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
	return isRegistry && first !== 'docker.io' ? first : DOCKER_HUB;
}

/**
 * How to sign in for an image, where the user has signed in with `docker login`: from a credential helper where the settings name one,
 * else from the settings themselves. Undefined: not at all, as for most images.
 */
export async function registryAuth(image: string, env: DockerConfigEnvironment): Promise<RegistryAuth | undefined> {
	const registry = registryOf(image);
	const config = await readDockerConfig(env);
	const helper = config.credHelpers?.[registry] ?? config.credsStore;
	if (typeof helper !== 'string' || helper === '') return keptAuth(config, registry);
	const found = await askCredentialHelper(`docker-credential-${helper}`, registry, { ...env });
	return found && authOf(registry, found.username, found.secret);
}

/** What the settings hold. Pure. */
export function keptAuth({ auths = {} }: DockerConfig, registry: string): RegistryAuth | undefined {
	const kept = Object.hasOwn(auths, registry) ? auths[registry] : undefined;
	if (typeof kept?.identitytoken === 'string' && kept.identitytoken !== '')
		return { serveraddress: registry, identitytoken: kept.identitytoken };
	if (typeof kept?.auth !== 'string') return undefined;
	const [username = '', password = ''] = Buffer.from(kept.auth, 'base64').toString('utf8').split(/:(.*)/s);
	return username === '' ? undefined : { serveraddress: registry, username, password };
}

/** Helpers give a token under a name of its own (https://github.com/docker/docker-credential-helpers). */
function authOf(registry: string, username: string, secret: string): RegistryAuth {
	if (username === '<token>') return { serveraddress: registry, identitytoken: secret };
	return { serveraddress: registry, username, password: secret };
}
