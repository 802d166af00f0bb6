import { DockerTarget, type DockerTargetOptions } from './docker-target.ts';
import { connectEngine } from './engine.ts';
import { withEngineFaults } from './engine-fault.ts';
import type { EngineChoice } from './find-engine.ts';
import { readGivenImage } from './image/check-image.ts';

export interface OpeningOptions extends Omit<DockerTargetOptions, 'engine' | 'image'> {
	/** In which the way to the engine is found, as the docker command does. */
	env: EngineChoice['env'];
	/** The name of one that was built elsewhere. */
	image?: string | undefined;
}

/**
 * Connects to an environment's engine. Nothing is made there.
 * @throws FlowferryError as `connectEngine` and `readGivenImage`
 */
export async function openDockerTarget({ env, image: name, ...options }: OpeningOptions): Promise<DockerTarget> {
	const { host, context } = options.environment.docker;
	const engine = await connectEngine({ host, context, env });
	try {
		const image = name === undefined ? undefined : await withEngineFaults(engine, () => readGivenImage(engine.docker, name));
		return new DockerTarget({ ...options, engine, image });
	} catch (error) {
		engine.close();
		throw error;
	}
}
