import type Docker from 'dockerode';
import { answeredWith } from '../engine-fault.ts';
import { LABELS, REPOSITORIES } from './names.ts';

/** An image of flowferry's on an engine. */
export interface KeptImage {
	/** `sha256:…` */
	id: string;
	/** Its names; none where a later build has taken them. */
	tags: readonly string[];
	labels: Readonly<Record<string, string>>;
	/** Since it was built. */
	ageMs: number;
}

/** Between an image and what is made of it time goes by: one as young as this may be wanted in a moment, also by another project. */
const SETTLED_MS = 3_600_000;

/**
 * The names, and the ids of images without one, that nobody needs: releases of snapshots that are not kept, and palettes that no
 * remaining release has, a while after they were built. A container's image stays, and so does every name that flowferry has not given.
 * @param used the images of all containers, stopped ones too
 * @param keep ids of snapshots
 * @param settledMs how old an image must be; default: an hour
 */
export function choosePrunedImages(
	images: readonly KeptImage[],
	used: ReadonlySet<string>,
	keep: ReadonlySet<string>,
	settledMs = SETTLED_MS,
): string[] {
	const kindOf = ({ labels }: KeptImage) => labels[LABELS.image];
	const paletteOf = ({ labels }: KeptImage) => `${labels[LABELS.runtime]} ${labels[LABELS.palette]} ${labels[LABELS.lock]}`;
	const releases = images.filter((image) => kindOf(image) === 'release');
	const isNeeded = ({ id, tags, labels, ageMs }: KeptImage) =>
		ageMs < settledMs || used.has(id) || (tags.length > 0 && keep.has(labels[LABELS.snapshot] ?? ''));
	const palettes = new Set(releases.filter(isNeeded).map(paletteOf));
	const pruned = [
		...releases.filter((image) => !isNeeded(image)),
		...images.filter(
			(image) => kindOf(image) === 'palette' && image.ageMs >= settledMs && !used.has(image.id) && !palettes.has(paletteOf(image)),
		),
	];
	return pruned.flatMap(({ id, tags }) => (tags.length === 0 ? [id] : tags.filter(isOwn)));
}

/** Podman names the registry that Docker leaves out. */
const DOCKER_HUB = /^docker\.io\//;

function isOwn(tag: string): boolean {
	const name = tag.replace(DOCKER_HUB, '');
	return Object.values(REPOSITORIES).some((repository) => name.startsWith(`${repository}:`));
}

/**
 * Removes images of releases that are not to be kept, and the palettes that were made for them. Images are the engine's, not a
 * project's: `keep` is to name the snapshots of all who build on it. What is gone is built again when it is needed.
 * @returns what was removed: names, and ids of images without one
 */
export async function pruneImages(docker: Docker, { keep, settledMs }: { keep: Iterable<string>; settledMs?: number }): Promise<string[]> {
	const { images, used } = await askImages(docker);
	return await removeNames(docker, choosePrunedImages(images, used, new Set(keep), settledMs));
}

/**
 * Removes the images of these snapshots' releases, however young, that no container has. Palettes stay for `pruneImages`.
 * @returns names that were removed
 */
export async function removeReleaseImages(docker: Docker, snapshots: ReadonlySet<string>): Promise<string[]> {
	const { images, used } = await askImages(docker);
	const releases = images.filter(({ labels }) => labels[LABELS.image] === 'release' && snapshots.has(labels[LABELS.snapshot] ?? ''));
	return await removeNames(docker, choosePrunedImages(releases, used, new Set(), 0));
}

/** Flowferry's images, and the ids of those that containers have, stopped ones too. */
async function askImages(docker: Docker): Promise<{ images: KeptImage[]; used: Set<string> }> {
	const [images, containers] = await Promise.all([
		docker.listImages({ filters: { label: [LABELS.image] } }),
		docker.listContainers({ all: true }),
	]);
	const known = images.map(({ Id, RepoTags, Labels, Created }) => ({
		id: Id,
		tags: (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
		labels: Labels ?? {},
		ageMs: Date.now() - Created * 1000,
	}));
	return { images: known, used: new Set(containers.map(({ ImageID }) => ImageID)) };
}

async function removeNames(docker: Docker, names: readonly string[]): Promise<string[]> {
	const removed: string[] = [];
	for (const name of names) {
		try {
			await docker.getImage(name).remove();
			removed.push(name);
		} catch (error) {
			// Gone already, or taken into use meanwhile.
			if (!answeredWith(error, 404, 409)) throw error;
		}
	}
	return removed;
}
