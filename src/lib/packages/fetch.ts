import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchTarballs, lockPackages } from '../adapters/npm.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { indexTarballs } from './integrity.ts';
import { type LockedPackage, packagesOf } from './lock.ts';

/** How npm is asked. */
export interface Fetching {
	/** For each call of npm. */
	timeoutMs: number;
	progress: (message: string) => void;
	signal?: AbortSignal | undefined;
}

/** So many at once: a command line has its limit. */
const PACKAGES_A_CALL = 400;

/** The lock that npm makes for a manifest now. @param folder where a scratch folder may be made @throws as `lockPackages` */
export async function resolveLock(folder: string, manifest: string, { timeoutMs, signal }: Fetching): Promise<string> {
	const scratch = await mkdtemp(join(folder, 'resolving-'));
	try {
		await writeFile(join(scratch, 'package.json'), manifest);
		await lockPackages(scratch, timeoutMs, signal);
		return await readFile(join(scratch, 'package-lock.json'), 'utf8');
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

/** The packages of a lock, all of which can be carried elsewhere. @throws FlowferryError PACKAGE_NOT_PUBLISHED */
export function portablePackages(lock: string): LockedPackage[] {
	try {
		return packagesOf(lock);
	} catch (error) {
		throw notPublished((error as Error).message);
	}
}

/**
 * Fetches packages into a folder.
 * @returns where each of the folder's packages is, by its hash
 * @throws FlowferryError PACKAGE_NOT_PUBLISHED, and as `lockPackages`
 */
export async function fetchPackages(folder: string, packages: readonly LockedPackage[], fetching: Fetching): Promise<Map<string, string>> {
	for (let done = 0; done < packages.length; done += PACKAGES_A_CALL) {
		fetching.progress(`${packages.length} packages from npm${done === 0 ? '' : `, ${done} are here`}`);
		const specs = packages.slice(done, done + PACKAGES_A_CALL).map(specOf);
		await fetchTarballs(folder, specs, fetching.timeoutMs, fetching.signal);
	}
	const fetched = await indexTarballs(folder);
	const other = packages.find(({ integrity }) => !fetched.has(integrity));
	if (other) throw notPublished(`the registry gives another ${specOf(other)} than its own list says`);
	return fetched;
}

/** As npm is asked for it: `name@1.2.3`. */
export function specOf({ name, version }: LockedPackage): string {
	return `${name}@${version}`;
}

function notPublished(problem: string): FlowferryError {
	return new FlowferryError({
		code: 'PACKAGE_NOT_PUBLISHED',
		message: `not every package can be carried elsewhere: ${problem}`,
		hint: 'publish it to the registry that npm uses here, and have the dev Node-RED install it from there',
	});
}
