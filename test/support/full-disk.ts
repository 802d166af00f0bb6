import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, to be filled. */
export interface SmallDisk {
	folder: string;
	/** Fills it, but for so many bytes (in pages of 4096). */
	fill(freeBytes?: number): void;
	/** Makes room again. */
	empty(): void;
	unmount(): Promise<void>;
}

/** Mounting takes root on Linux. */
export function canMount(): boolean {
	return process.platform === 'linux' && process.getuid?.() === 0;
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-disk-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
	const ballast = join(folder, 'ballast');
	return {
		folder,
		fill: (freeBytes = 0) => {
			const file = openSync(ballast, 'w');
			const size = writeUntilFull(file);
			if (freeBytes > 0) ftruncateSync(file, size - freeBytes);
			closeSync(file);
		},
		empty: () => rmSync(ballast, { force: true }),
		unmount: async () => {
			execFileSync('umount', [folder], { stdio: 'pipe' });
			await rmdir(folder);
		},
	};
}

/** @returns how many bytes there was room for */
function writeUntilFull(file: number): number {
	const page = Buffer.alloc(4096);
	for (let size = 0; ; ) {
		try {
			size += writeSync(file, page);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return size;
			throw error;
		}
	}
}
