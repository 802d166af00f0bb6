import type { NamedEnvironment } from '../../../config/environment-of.ts';
import type { PackageSupply } from '../../../packages/supply.ts';
import { heldSnapshots } from '../../../promotion/held-snapshots.ts';
import type { Journal } from '../../../promotion/journal.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import type { Progress } from '../../target.ts';
import type { Engine } from '../engine.ts';
import { withEngineFaults } from '../engine-fault.ts';
import { baseImage } from './base-image.ts';
import { assertBuiltFor, type LabelledImage } from './check-image.ts';
import { pruneImages, removeReleaseImages } from './prune-images.ts';
import { ensureReleaseImage, hasPalette } from './release-image.ts';

export interface ReleaseImagesParts {
	environment: NamedEnvironment;
	engine: Engine;
	journal: Journal;
	/** Packages that are at hand without a network. */
	packages: PackageSupply;
	redact: (text: string) => string;
	/** For the snapshot that is promoted; undefined: it is built here. */
	image?: LabelledImage | undefined;
}

const EVERY_PROMOTION = 1_000_000;

/** The images of an environment's releases on its engine: given or built, and which of them are kept. */
export class ReleaseImages {
	readonly #parts: ReleaseImagesParts;

	constructor(parts: ReleaseImagesParts) {
		this.#parts = parts;
	}

	/** What `ensure` would have to install for a snapshot, as `name@version`. @throws FlowferryError where an image was given that is none of its */
	async installs(snapshot: Snapshot): Promise<string[]> {
		const { engine, image } = this.#parts;
		if (image) {
			assertBuiltFor(image, snapshot);
			return [];
		}
		const isThere = await withEngineFaults(engine, () => hasPalette(engine.docker, this.#released(snapshot)));
		return isThere ? [] : snapshot.content.palette.map(({ name, version }) => `${name}@${version}`);
	}

	/** @returns the image's id */
	async ensure(snapshot: Snapshot, progress: Progress): Promise<string> {
		const { environment, engine, redact, image } = this.#parts;
		if (image) {
			assertBuiltFor(image, snapshot);
			return image.id;
		}
		const { id } = await ensureReleaseImage(engine.docker, {
			...this.#released(snapshot),
			timeoutMs: environment.timeouts.installMs,
			progress,
			redact,
		});
		return id;
	}

	/** Removes those of releases that nobody is likely to go back to. What cannot be removed stays. */
	async prune(): Promise<void> {
		const { engine, environment, journal } = this.#parts;
		const held = (await heldSnapshots(journal)).map(({ snapshot }) => snapshot);
		const keep = [...held, ...(await this.#promoted(environment.docker.keepImages))];
		await pruneImages(engine.docker, { keep }).catch(() => {});
	}

	/** Notes which the environment has ever had. @returns what removes them when the journal is gone */
	async remover(): Promise<() => Promise<void>> {
		const { engine } = this.#parts;
		const snapshots = await this.#promoted(EVERY_PROMOTION);
		return async () => void (await withEngineFaults(engine, () => removeReleaseImages(engine.docker, snapshots)));
	}

	#released(snapshot: Snapshot) {
		const { environment, packages: supply } = this.#parts;
		return { snapshot, base: baseImage(environment.docker.image, snapshot.content.nodeRed.version), supply };
	}

	/** The snapshots of both sides of the latest promotions. */
	async #promoted(promotions: number): Promise<Set<string>> {
		const history = await this.#parts.journal.history(promotions);
		return new Set(history.flatMap(({ from, to }) => [to, ...(from ? [from] : [])]).map(({ release }) => release.snapshot));
	}
}
