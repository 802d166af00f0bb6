import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Header, list } from 'tar';

/** A file for the engine, which takes files as a tar archive. */
export interface ArchiveFile {
	/** In the archive, with `/`: at most 99 bytes. */
	path: string;
	content: string | Buffer | { /** A file of this machine. */ file: string };
	/** Default: 0644. */
	mode?: number;
	/** User and group; default: root. */
	owner?: number;
}

const BLOCK = 512;

/**
 * Packs files, and the folders above them, in the order of their names and without a time: equal files give equal bytes, so that the
 * engine's builder finds what it has built before.
 */
export function packArchive(files: readonly ArchiveFile[]): Readable {
	return Readable.from(blocksOf(files));
}

async function* blocksOf(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
	for (const folder of foldersOf(files)) yield headerOf({ path: `${folder}/`, type: 'Directory', mode: 0o755, size: 0, owner: 0 });
	for (const { path, content, mode = 0o644, owner = 0 } of [...files].sort(byPath)) {
		const bytes = typeof content === 'string' ? Buffer.from(content) : content;
		const size = Buffer.isBuffer(bytes) ? bytes.length : (await stat(bytes.file)).size;
		yield headerOf({ path, type: 'File', mode, size, owner });
		if (Buffer.isBuffer(bytes)) yield bytes;
		else yield* createReadStream(bytes.file);
		if (size % BLOCK > 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
	}
	yield Buffer.alloc(2 * BLOCK);
}

function foldersOf(files: readonly ArchiveFile[]): string[] {
	const folders = new Set<string>();
	for (const { path } of files) for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
	return [...folders].sort();
}

function byPath(a: ArchiveFile, b: ArchiveFile): number {
	return a.path < b.path ? -1 : 1;
}

interface Entry {
	path: string;
	type: 'File' | 'Directory';
	mode: number;
	size: number;
	owner: number;
}

function headerOf({ owner, ...entry }: Entry): Buffer {
	const block = Buffer.alloc(BLOCK);
	const header = new Header({ ...entry, uid: owner, gid: owner, mtime: new Date(0) });
	// True: it would take an extended header.
	if (header.encode(block, 0)) throw new Error(`${entry.path} is too long a name for an archive's plain header`);
	return block;
}

/** The content of the one file that an archive from the engine holds. */
export async function readOnlyFile(archive: NodeJS.ReadableStream): Promise<Buffer> {
	const chunks: Buffer[] = [];
	const parser = list({ onReadEntry: (entry) => entry.on('data', (chunk: Buffer) => chunks.push(chunk)) });
	await pipeline(archive, parser as unknown as NodeJS.WritableStream);
	return Buffer.concat(chunks);
}
