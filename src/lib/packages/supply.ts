import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../adapters/atomic-file.ts';
import { installLocked, lockPackages } from '../adapters/npm.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { type Fetching, fetchPackages, portablePackages, resolveLock } from './fetch.ts';
import { lockToFiles, packagesOf } from './lock.ts';
import { digestOf } from './manifest.ts';

/**
 * What a project knows of the packages that it installs: the lock that npm made when it first resolved a manifest, so that every
 * environment gets the very same packages, however much later; and the packages themselves, where bundles have brought them.
 */
export interface PackageSupply {
	/**
	 * Installs what a folder's package.json asks for: by its lock, where there is one, and without a network, where all packages are
	 * at hand.
	 * @param manifest the text of that package.json
	 * @throws FlowferryError PACKAGES_DAMAGED, and as `lockPackages`
	 */
	install(directory: string, manifest: string, timeoutMs: number): Promise<void>;
	/** The lock of a manifest; null where nothing has resolved it yet. @throws FlowferryError PACKAGES_DAMAGED */
	lockOf(manifest: string): Promise<string | null>;
	/**
	 * What another machine needs to install a manifest without a network. What is not at hand is fetched, and kept.
	 * @throws FlowferryError PACKAGES_DAMAGED, PACKAGE_NOT_PUBLISHED, and as `lockPackages`
	 */
	shipmentOf(manifest: string, fetching: Fetching): Promise<Shipment>;
	/** Keeps a set of packages; packages that are here already stay. @param tarballs where each of them is, by its hash */
	add(set: PackageSet, tarballs: ReadonlyMap<string, string>): Promise<void>;
}

/** What an installation elsewhere takes. */
export interface Shipment {
	/** The text of the package-lock.json. */
	lock: string;
	/** The file of each package, by its hash (`LockedPackage.integrity`). */
	tarballs: ReadonlyMap<string, string>;
}

/** What is installed together. */
export interface PackageSet {
	/** The text of its package.json. */
	manifest: string;
	/** The text of its package-lock.json. */
	lock: string;
}

/**
 * A supply in a folder: `locks/<digest>.json` for each set, `tarballs/` for the packages, by their hash. A set takes its place
 * when all of its packages have theirs.
 */
export function openSupply(folder: string): PackageSupply {
	const lockFile = (manifest: string) => join(folder, 'locks', `${digestOf(manifest)}.json`);
	const tarball = (hash: string) => join(folder, 'tarballs', `${createHash('sha256').update(hash).digest('hex')}.tgz`);

	const lockOf = async (manifest: string): Promise<string | null> => {
		const file = lockFile(manifest);
		if (!existsSync(file)) return null;
		const set = readSet(await readFile(file, 'utf8'), file);
		return set.manifest === manifest ? set.lock : null;
	};
	const shipment = (lock: string): Shipment => ({
		lock,
		tarballs: new Map(portablePackages(lock).map(({ integrity }) => [integrity, tarball(integrity)])),
	});
	const keepLock = async (set: PackageSet): Promise<void> => {
		await mkdir(join(folder, 'locks'), { recursive: true });
		await replaceFile(lockFile(set.manifest), JSON.stringify(set));
	};

	const add = async (set: PackageSet, tarballs: ReadonlyMap<string, string>): Promise<void> => {
		await mkdir(join(folder, 'tarballs'), { recursive: true });
		for (const [hash, source] of tarballs) await place(source, tarball(hash));
		await keepLock(set);
	};

	return {
		lockOf,
		install: async (directory, manifest, timeoutMs) => {
			const file = join(directory, 'package-lock.json');
			const known = await lockOf(manifest);
			if (known === null) {
				await lockPackages(directory, timeoutMs);
				await installLocked(directory, timeoutMs);
				await keepLock({ manifest, lock: await readFile(file, 'utf8') });
				return;
			}
			const offline = isAtHand(known, tarball);
			await writeFile(file, offline ? lockToFiles(known, tarball) : known);
			await installLocked(directory, timeoutMs, { offline });
			// What stays in the folder names the packages as their registry does, and no file of ours.
			await writeFile(file, known);
		},
		shipmentOf: async (manifest, fetching) => {
			const known = await lockOf(manifest);
			if (known !== null && isAtHand(known, tarball)) return shipment(known);
			const incoming = await mkdtemp(join(tmpdir(), 'flowferry-packages-'));
			try {
				const lock = known ?? (await resolveLock(incoming, manifest, fetching));
				const missing = portablePackages(lock).filter(({ integrity }) => !existsSync(tarball(integrity)));
				const fetched = await fetchPackages(incoming, missing, fetching);
				await add({ manifest, lock }, new Map(missing.map(({ integrity }) => [integrity, fetched.get(integrity) as string])));
				return shipment(lock);
			} finally {
				await rm(incoming, { recursive: true, force: true });
			}
		},
		add,
	};
}

function readSet(text: string, file: string): PackageSet {
	try {
		const { manifest, lock } = JSON.parse(text) as PackageSet;
		JSON.parse(lock);
		return { manifest, lock };
	} catch (error) {
		throw new FlowferryError({
			code: 'PACKAGES_DAMAGED',
			message: `${file} is not the lock that was written: ${(error as Error).message}`,
			hint: 'Restore it from where the project is kept; or remove it, and npm chooses anew which packages are installed.',
			cause: error,
		});
	}
}

function isAtHand(lock: string, tarball: (hash: string) => string): boolean {
	try {
		return packagesOf(lock).every(({ integrity }) => existsSync(tarball(integrity)));
	} catch {
		return false; // something that no registry has, and so no bundle
	}
}

/** Whole or not at all. */
async function place(source: string, target: string): Promise<void> {
	if (existsSync(target)) return;
	const incoming = `${target}.${process.pid}`;
	await copyFile(source, incoming);
	await rename(incoming, target);
}
