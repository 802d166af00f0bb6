import type Docker from 'dockerode';
import type { Redact } from '../../../config/secrets.ts';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import type { PackageSupply } from '../../../packages/supply.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { imageNameFor, type PodImages } from '../../pod-images.ts';
import type { Progress } from '../../target.ts';
import { connectEngine, type Engine } from '../engine.ts';
import { withEngineFaults } from '../engine-fault.ts';
import type { EngineChoice } from '../find-engine.ts';
import { type RegistryAuth, registryAuth } from '../registry-auth.ts';
import { baseImage } from './base-image.ts';
import { engineWords } from './build.ts';
import { eventsOf } from './engine-events.ts';
import { ensureReleaseImage, hasPalette } from './release-image.ts';

export interface EngineImagesOptions extends EngineChoice {
	/** `docker.image`: on what they are built. */
	base: string;
	/** What they are called; null: flowferry's own names, for a cluster whose nodes have this engine's images. */
	name: string | null;
	packages: PackageSupply;
	installMs: number;
	redact: Redact;
}

/** Images for pods that are built here, on a Docker Engine, and pushed where their name has a registry. */
export function engineImages(options: EngineImagesOptions): PodImages {
	const { base, name, packages: supply, installMs: timeoutMs, redact, env } = options;
	const released = (snapshot: Snapshot) => ({ snapshot, base: baseImage(base, snapshot.content.nodeRed.version), supply });

	async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
		const engine = await connectEngine(options);
		try {
			return await withEngineFaults(engine, () => work(engine));
		} finally {
			engine.close();
		}
	}

	return {
		installs: async (snapshot) =>
			await withEngine(async ({ docker }) => {
				if (await hasPalette(docker, released(snapshot))) return [];
				return snapshot.content.palette.map((module) => `${module.name}@${module.version}`);
			}),
		ensure: async (snapshot, progress) =>
			await withEngine(async ({ docker }) => {
				const tag = name === null ? undefined : imageNameFor(name, snapshot);
				const image = await ensureReleaseImage(docker, { ...released(snapshot), tag, timeoutMs, progress, redact });
				if (name !== null && hasRegistry(name)) await push(docker, image.tag, await registryAuth(image.tag, env), progress);
				return image.tag;
			}),
	};
}

/** `registry.example/plant`, `localhost:5000/plant`; one without is this engine's own. */
function hasRegistry(name: string): boolean {
	const [first = '', ...rest] = name.split('/');
	return rest.length > 0 && /[.:]|^localhost$/.test(first);
}

async function push(docker: Docker, tag: string, authconfig: RegistryAuth | undefined, progress: Progress): Promise<void> {
	progress(`pushing ${tag}`);
	try {
		// The Engine asks for a sign-in with each push, be it an empty one.
		const answer = await docker.getImage(tag).push({ authconfig: authconfig ?? {} });
		for await (const event of eventsOf<{ error?: string }>(answer)) {
			if (event.error !== undefined) throw new Error(event.error);
		}
	} catch (error) {
		throw new FlowferryError({
			code: 'IMAGE_NOT_PUSHED',
			message: `${tag} was built, and cannot be pushed: ${engineWords(error)}`,
			hint: 'sign in to its registry with `docker login`; check that kubernetes.image names a registry that takes it',
			cause: error,
		});
	}
}
