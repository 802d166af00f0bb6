import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchTarballs, lockPackages } from '../adapters/npm.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { indexTarballs } from '../packages/integrity.ts';
import type { LockedPackage } from '../packages/lock.ts';
import { packagesOf } from '../packages/lock.ts';
import type { PackageSet, PackageSupply } from '../packages/supply.ts';
import { LOCKS, PACKAGES } from './bundle.ts';

interface Collecting {
	/** What staging has installed is what goes over. */
	packages: PackageSupply;
	/** For each call of npm. */
	timeoutMs: number;
	progress: (message: string) => void;
	signal: AbortSignal;
}

/** So many at once: a command line has its limit. */
const PACKAGES_A_CALL = 400;

/**
 * Puts the packages of each set into a bundle's folder, with the locks that name them.
 * @param manifests the text of each set's package.json, by the set's name
 * @returns the packages that run programs of theirs when they are installed
 * @throws FlowferryError PACKAGE_NOT_PUBLISHED, and as `lockPackages`
 */
export async function collectPackages(folder: string, manifests: ReadonlyMap<string, string>, collecting: Collecting): Promise<string[]> {
	const wanted = new Map<string, LockedPackage>();
	for (const [name, manifest] of manifests) {
		collecting.progress(`${name}: which packages that takes`);
		const lock = (await collecting.packages.lockOf(manifest)) ?? (await resolve(folder, manifest, collecting));
		await writeFile(join(folder, LOCKS, `${name}.json`), JSON.stringify({ manifest, lock } satisfies PackageSet));
		for (const each of lockedPackages(lock)) wanted.set(each.integrity, each);
	}
	const packages = [...wanted.values()];
	for (let done = 0; done < packages.length; done += PACKAGES_A_CALL) {
		collecting.progress(`${packages.length} packages from npm${done === 0 ? '' : `, ${done} are here`}`);
		const specs = packages.slice(done, done + PACKAGES_A_CALL).map(specOf);
		await fetchTarballs(join(folder, PACKAGES), specs, collecting.timeoutMs, collecting.signal);
	}
	const fetched = await indexTarballs(join(folder, PACKAGES));
	const other = packages.find(({ integrity }) => !fetched.has(integrity));
	if (other) throw notPublished(`the registry gives another ${specOf(other)} than its own list says`);
	return packages.filter(({ hasInstallScript }) => hasInstallScript).map(specOf);
}

async function resolve(folder: string, manifest: string, { timeoutMs, signal }: Collecting): Promise<string> {
	const scratch = join(folder, 'resolving');
	await mkdir(scratch);
	try {
		await writeFile(join(scratch, 'package.json'), manifest);
		await lockPackages(scratch, timeoutMs, signal);
		return await readFile(join(scratch, 'package-lock.json'), 'utf8');
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

function lockedPackages(lock: string): LockedPackage[] {
	try {
		return packagesOf(lock);
	} catch (error) {
		throw notPublished((error as Error).message);
	}
}

function specOf({ name, version }: LockedPackage): string {
	return `${name}@${version}`;
}

function notPublished(problem: string): FlowferryError {
	return new FlowferryError({
		code: 'PACKAGE_NOT_PUBLISHED',
		message: `a bundle cannot hold every package: ${problem}`,
		hint: 'publish it to the registry that npm uses here, and have the dev Node-RED install it from there',
	});
}
