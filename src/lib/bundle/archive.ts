import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, extract } from 'tar';

/** Packs a folder's files into an archive; equal files give equal bytes. @param first the file that is to come first */
export async function packFolder(folder: string, archive: string, first: string): Promise<void> {
	const files = (await listFiles(folder)).filter((file) => file !== first);
	// The packages in it are compressed already.
	await create({ file: archive, cwd: folder, portable: true, mtime: new Date(0), strict: true }, [first, ...files]);
}

/**
 * Unpacks plain files, and those alone, into an empty folder. What would lie outside of it, a link or a device is an error.
 * @throws Error where the archive is none, is cut short, or holds anything else
 */
export function unpackArchive(archive: string, folder: string): void {
	const strange: string[] = [];
	extract({
		file: archive,
		// Files that a damaged archive began could not be waited for otherwise: they appear in a folder that is being removed.
		sync: true,
		cwd: folder,
		strict: true,
		preservePaths: false,
		filter: (path, entry) => {
			const isPlain = 'type' in entry && entry.type === 'File' && !path.startsWith('/') && !path.split('/').includes('..');
			if (!isPlain) strange.push(path);
			return isPlain;
		},
	});
	if (strange.length > 0) throw new Error(`it holds ${strange[0]}, which is no plain file of a bundle`);
}

/** The paths of all files below a folder, with `/`, by name. */
async function listFiles(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
		.sort();
}

/** sha256 of each file below a folder, by its path. */
export async function checksumFiles(folder: string): Promise<Record<string, string>> {
	const sums: Record<string, string> = {};
	for (const file of await listFiles(folder)) {
		const hash = createHash('sha256');
		await pipeline(createReadStream(join(folder, file)), hash);
		sums[file] = hash.digest('hex');
	}
	return sums;
}
