import type Docker from 'dockerode';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import type { Progress } from '../../target.ts';
import { answeredWith } from '../engine-fault.ts';
import { engineWords } from './build.ts';
import { eventsOf } from './engine-events.ts';

/** A line of what the engine answers while it pulls (`POST /images/create`). */
export interface PullEvent {
	/** `Pulling fs layer`, `Downloading`, `Pull complete`, `Already exists`. */
	status?: string;
	/** Of the layer. */
	id?: string;
	error?: string;
}

/** Layers by their id: whether each is here. */
export type PulledLayers = ReadonlyMap<string, boolean>;

export function readPullEvent(layers: PulledLayers, { id, status = '' }: PullEvent): PulledLayers {
	if (id === undefined || /^Pulling from/.test(status)) return layers;
	return new Map(layers).set(id, layers.get(id) === true || /^(?:Pull complete|Already exists)/.test(status));
}

/** `3 of 7 layers` */
export function describePull(layers: PulledLayers): string {
	return `${[...layers.values()].filter(Boolean).length} of ${layers.size} layers`;
}

export type ImageFacts = Awaited<ReturnType<ReturnType<Docker['getImage']>['inspect']>>;

/** What the engine knows of an image; null where it has none of this name. */
export async function findImage(docker: Docker, name: string): Promise<ImageFacts | null> {
	try {
		return await docker.getImage(name).inspect();
	} catch (error) {
		if (answeredWith(error, 404)) return null;
		throw error;
	}
}

/** An image that the engine has, or gets now. @throws FlowferryError IMAGE_UNAVAILABLE */
export async function ensurePulled(docker: Docker, name: string, progress: Progress, signal?: AbortSignal): Promise<ImageFacts> {
	const found = await findImage(docker, name);
	if (found) return found;
	progress(`pulling ${name}`);
	try {
		const answer = await docker.pull(name, signal === undefined ? {} : { abortSignal: signal });
		let layers: PulledLayers = new Map();
		let told = '';
		for await (const event of eventsOf<PullEvent>(answer)) {
			if (event.error !== undefined) throw new Error(event.error);
			layers = readPullEvent(layers, event);
			const now = layers.size === 0 ? '' : `pulling ${name}: ${describePull(layers)}`;
			if (now !== told) progress(now);
			told = now;
		}
		return await docker.getImage(name).inspect();
	} catch (error) {
		signal?.throwIfAborted();
		throw new FlowferryError({
			code: 'IMAGE_UNAVAILABLE',
			message: `the engine has no image ${name} and cannot pull it: ${engineWords(error)}`,
			hint: `check the name; sign in to its registry here with \`docker login\`; where that is not reachable from the engine, bring it to the engine yourself (\`docker pull ${name}\`, or \`docker load\` from a file)`,
			cause: error,
		});
	}
}
