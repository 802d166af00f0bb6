import { strongestOf } from './integrity.ts';

/** What flowferry reads of a package-lock.json of version 3 (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json). */
interface Lock {
	packages: Record<string, LockEntry>;
}

interface LockEntry {
	/** Only where the folder has another name: an alias. */
	name?: string;
	version?: string;
	resolved?: string;
	integrity?: string;
	/** Comes inside the package around it. */
	inBundle?: boolean;
	hasInstallScript?: boolean;
}

/** A package that a lock names, as npm is asked for it. */
export interface LockedPackage {
	name: string;
	version: string;
	/** The strongest hash: `sha512-…`. */
	integrity: string;
	/** Runs a program when it is installed, which may want a network. */
	hasInstallScript: boolean;
}

/**
 * The packages that a lock needs, each once; those for other processors and systems are among them.
 * @throws Error where one has no integrity: it does not come from a registry
 */
export function packagesOf(lock: string): LockedPackage[] {
	const found = new Map<string, LockedPackage>();
	for (const [place, entry] of entriesOf(JSON.parse(lock) as Lock)) {
		const { version = '', hasInstallScript = false } = entry;
		const name = nameOf(place, entry);
		if (entry.integrity === undefined) throw new Error(`${name}@${version} does not come from a registry`);
		const integrity = strongestOf(entry.integrity);
		found.set(integrity, { name, version, integrity, hasInstallScript });
	}
	return [...found.values()];
}

/**
 * The same lock with each package taken from a file instead of a registry; npm still checks its integrity.
 * @param fileOf the absolute path of the package with this hash
 */
export function lockToFiles(lock: string, fileOf: (integrity: string) => string): string {
	const parsed = JSON.parse(lock) as Lock;
	for (const [, entry] of entriesOf(parsed)) entry.resolved = `file:${fileOf(strongestOf(entry.integrity ?? ''))}`;
	return JSON.stringify(parsed);
}

/** All but the root and what is inside others. */
function entriesOf({ packages }: Lock): [string, LockEntry][] {
	return Object.entries(packages).filter(([place, { inBundle }]) => place !== '' && !inBundle);
}

function nameOf(place: string, { name }: LockEntry): string {
	return name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
