import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../adapters/atomic-file.ts';
import { installLocked } from '../adapters/npm.ts';
import { lockToFiles } from './lock.ts';
import { digestOf } from './manifest.ts';

/** Packages that can be installed without a network: what bundles have brought. */
export interface PackageSupply {
	/**
	 * Installs what a folder's package.json asks for, if all of it is here.
	 * @param manifest the text of that package.json
	 * @returns false where it is not, with nothing done
	 * @throws as `installLocked`
	 */
	install(directory: string, manifest: string, timeoutMs: number): Promise<boolean>;
	/** Keeps a set of packages; what is here already stays. @param tarballs where each of them is, by integrity */
	add(set: PackageSet, tarballs: ReadonlyMap<string, string>): Promise<void>;
}

/** What is installed together. */
export interface PackageSet {
	/** The text of its package.json. */
	manifest: string;
	/** The text of its package-lock.json. */
	lock: string;
}

/**
 * A supply in a folder: `locks/<digest>.json` for each set, `tarballs/` for the packages, by their integrity. A set takes its place
 * when all of its packages have theirs.
 */
export function openSupply(folder: string): PackageSupply {
	const lockFile = (manifest: string) => join(folder, 'locks', `${digestOf(manifest)}.json`);
	const tarball = (integrity: string) => join(folder, 'tarballs', `${createHash('sha256').update(integrity).digest('hex')}.tgz`);
	return {
		install: async (directory, manifest, timeoutMs) => {
			const set = await readSet(lockFile(manifest));
			if (set?.manifest !== manifest) return false;
			const file = join(directory, 'package-lock.json');
			await writeFile(file, lockToFiles(set.lock, tarball));
			await installLocked(directory, timeoutMs, { offline: true });
			// What stays in the folder names the packages as their registry does, and no file of ours.
			await writeFile(file, set.lock);
			return true;
		},
		add: async (set, tarballs) => {
			await mkdir(join(folder, 'locks'), { recursive: true });
			await mkdir(join(folder, 'tarballs'), { recursive: true });
			for (const [integrity, source] of tarballs) await place(source, tarball(integrity));
			await replaceFile(lockFile(set.manifest), JSON.stringify(set));
		},
	};
}

async function readSet(file: string): Promise<PackageSet | null> {
	if (!existsSync(file)) return null;
	return JSON.parse(await readFile(file, 'utf8')) as PackageSet;
}

/** Whole or not at all. */
async function place(source: string, target: string): Promise<void> {
	if (existsSync(target)) return;
	const incoming = `${target}.${process.pid}`;
	await copyFile(source, incoming);
	await rename(incoming, target);
}
