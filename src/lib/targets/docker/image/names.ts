import { createHash } from 'node:crypto';

/** How flowferry's images are called, and what their labels say. */

/** Keys of labels; images made from one another inherit them. */
export const LABELS = {
	/** `runtime`, `palette`, `release`; `stage`: what a build goes through. */
	image: 'org.flowferry.image',
	/** Of the flowferry whose programs are in it: `0.1.0`. */
	version: 'org.flowferry.version',
	/** Exact: `5.0.7`. */
	nodeRed: 'org.flowferry.nodeRed',
	/** The image that the runtime was made from, as it was named. */
	base: 'org.flowferry.base',
	/** The tag of the runtime image. */
	runtime: 'org.flowferry.runtime',
	/** Of the palette's package.json: 16 hex digits. */
	palette: 'org.flowferry.palette',
	/** Of the lock that the palette was installed by. */
	lock: 'org.flowferry.lock',
	/** The snapshot's whole id. */
	snapshot: 'org.flowferry.snapshot',
} as const;

export type ImageKind = 'runtime' | 'palette' | 'release';

/** The repository of each kind, in which everything is flowferry's own. */
export const REPOSITORIES: Record<ImageKind, string> = {
	runtime: 'flowferry/runtime',
	palette: 'flowferry/palette',
	release: 'flowferry/release',
};

export function runtimeTag(parts: readonly (string | Buffer)[]): string {
	return `${REPOSITORIES.runtime}:${digest12(parts)}`;
}

export function paletteTag(parts: readonly string[]): string {
	return `${REPOSITORIES.palette}:${digest12(parts)}`;
}

/** @param parts what the image is made from, besides the snapshot */
export function releaseTag(snapshot: string, parts: readonly string[]): string {
	return `${REPOSITORIES.release}:${snapshot.slice(0, 12)}-${digest12(parts)}`;
}

/** 12 hex digits; each part counts with its length, so that no two lists have the same. */
export function digest12(parts: readonly (string | Buffer)[]): string {
	const hash = createHash('sha256');
	for (const part of parts) {
		const bytes = Buffer.from(part);
		hash.update(`${bytes.length}:`).update(bytes);
	}
	return hash.digest('hex').slice(0, 12);
}

/** A name as the engine's tag call takes it; `latest` where it has no tag. */
export function splitTag(name: string): { repo: string; tag: string } {
	const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
	return colon === -1 ? { repo: name, tag: 'latest' } : { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
}

/**
 * Whether two flowferrys understand each other, by semantic versioning: the same first number, and the same second one before 1.0.
 */
export function understand(version: string, other: string): boolean {
	const [major, minor] = version.split('.');
	const [otherMajor, otherMinor] = other.split('.');
	return major === otherMajor && (major !== '0' || minor === otherMinor);
}
