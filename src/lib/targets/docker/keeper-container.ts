import type Docker from 'dockerode';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { Progress } from '../target.ts';
import { assertNotOfCompose } from './compose-owned.ts';
import { keeperOptions, labelsOf } from './container-options.ts';
import type { Containers } from './containers.ts';
import { baseImage } from './image/base-image.ts';
import { ensureRuntimeImage } from './image/runtime-image.ts';
import { label, type Names } from './names.ts';

/** The image of this version of flowferry in which an environment's keeper runs; built where the engine has none. @throws as `ensureRuntimeImage` */
export async function keeperImage(docker: Docker, environment: NamedEnvironment, progress: Progress): Promise<string> {
	return await ensureRuntimeImage(docker, { base: baseImage(environment.docker.image, null), progress });
}

/** What all containers of an environment share. */
export async function ensureShared(containers: Containers, names: Names): Promise<void> {
	await containers.ensureNetwork(names.network, labelsOf(names, 'network'));
	await containers.ensureVolume(names.volume, labelsOf(names, 'volume'));
}

/**
 * The network, the volume, and the keeper of this version of flowferry.
 * @returns whether the keeper was made
 * @throws FlowferryError COMPOSE_FILE_OUTDATED; and as `keeperImage`
 */
export async function ensureKeeper(containers: Containers, environment: NamedEnvironment, names: Names): Promise<boolean> {
	const image = await keeperImage(containers.engine.docker, environment, () => {});
	const found = await containers.inspect(names.keeper);
	if (found?.Config.Labels?.[label.recipe] === image) return false;
	if (found) assertNotOfCompose(found, environment.name);
	await ensureShared(containers, names);
	await containers.create({ name: names.keeper, options: keeperOptions(environment, names, image), files: [], networks: [] });
	await containers.start(names.keeper);
	return true;
}
