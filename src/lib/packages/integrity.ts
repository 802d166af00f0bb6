import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As the npm registry writes them; the second is all that packages from before 2017 have. */
const ALGORITHMS = ['sha512', 'sha1'] as const;

/** The strongest of an integrity's hashes, by which a package is found: `sha512-…`. It may name several, with spaces between. */
export function strongestOf(integrity: string): string {
	const hashes = integrity.split(/\s+/);
	return (
		ALGORITHMS.map((algorithm) => hashes.find((hash) => hash.startsWith(`${algorithm}-`))).find((hash) => hash !== undefined) ?? integrity
	);
}

/** Where each package of a folder lies, by each of its hashes. */
export async function indexTarballs(folder: string): Promise<Map<string, string>> {
	const index = new Map<string, string>();
	for (const name of await readdir(folder)) {
		const file = join(folder, name);
		const bytes = await readFile(file);
		for (const algorithm of ALGORITHMS) index.set(`${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`, file);
	}
	return index;
}
