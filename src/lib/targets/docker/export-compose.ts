import type { NamedEnvironment } from '../../config/environment-of.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { slotNames } from '../../promotion/journal.ts';
import type { Progress } from '../target.ts';
import { renderCompose } from './compose.ts';
import { instanceOptions, keeperOptions } from './container-options.ts';
import { Containers } from './containers.ts';
import type { Engine } from './engine.ts';
import { ensurePulled } from './image/pull.ts';
import { ensureShared, keeperImage } from './keeper-container.ts';
import { namesOf } from './names.ts';
import { routerRequest } from './router-request.ts';

/** Comes with a promotion; what is shown leaves it out. */
const NO_RELEASE = { image: '', release: { number: 0, snapshot: '', created: '' } };

/**
 * A compose file for the lasting part of an environment. What it names is brought onto the engine: the images, the network and the
 * volume.
 * @throws FlowferryError CERTIFICATE_UNREADABLE; and as `ensureRuntimeImage`
 */
export async function exportCompose(environment: NamedEnvironment, engine: Engine, progress: Progress): Promise<string> {
	const names = namesOf(environment);
	const containers = new Containers(engine);
	const { request } = await routerRequest(environment, names);
	const image = await keeperImage(engine.docker, environment, progress);
	await ensurePulled(engine.docker, environment.docker.routerImage, progress);
	await ensureShared(containers, names);
	const instances = slotNames.flatMap((slot) =>
		Array.from({ length: environment.instances }, (_, index) => {
			const instance = `${slot}/${index}`;
			return [names.instance(instance), instanceOptions(environment, names, { instance, slot, index, ...NO_RELEASE })] as const;
		}),
	);
	return renderCompose({
		environment: environment.name,
		names,
		keeper: keeperOptions(environment, names, image),
		router: request.options,
		instances: Object.fromEntries(instances),
		networks: environment.docker.networks,
	});
}

/** @throws FlowferryError EXPORT_NEEDS_DOCKER */
export function assertOnDocker({ name, target }: NamedEnvironment): void {
	if (target === 'docker') return;
	throw new FlowferryError({
		code: 'EXPORT_NEEDS_DOCKER',
		message: `${name} does not run on Docker: its target is ${target}`,
		hint: `Set \`target: docker\` for ${name}; docs/guides/docker.md tells what else it takes.`,
	});
}
