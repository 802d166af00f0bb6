import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fetching, fetchPackages, portablePackages, resolveLock, specOf } from '../packages/fetch.ts';
import type { LockedPackage } from '../packages/lock.ts';
import type { PackageSet, PackageSupply } from '../packages/supply.ts';
import { LOCKS, PACKAGES } from './bundle.ts';

interface Collecting extends Fetching {
	/** What staging has installed is what goes over. */
	packages: Pick<PackageSupply, 'lockOf'>;
}

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
		const lock = (await collecting.packages.lockOf(manifest)) ?? (await resolveLock(folder, manifest, collecting));
		await writeFile(join(folder, LOCKS, `${name}.json`), JSON.stringify({ manifest, lock } satisfies PackageSet));
		for (const each of portablePackages(lock)) wanted.set(each.integrity, each);
	}
	const packages = [...wanted.values()];
	await fetchPackages(join(folder, PACKAGES), packages, collecting);
	return packages.filter(({ hasInstallScript }) => hasInstallScript).map(specOf);
}
