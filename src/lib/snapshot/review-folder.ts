import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { REVIEW } from './merge-units.ts';
import { ABOUT, MARK, reviewFiles } from './review-files.ts';
import type { Snapshot } from './snapshot.ts';
import { withIncoming } from './snapshot-files.ts';

/** Sees that the folder for reviews may be replaced: it is none, empty, or written by flowferry. @throws FlowferryError STORE_FOREIGN_REVIEW */
export function requireOurReview(store: string): void {
	const folder = join(store, REVIEW);
	if (isReplaceable(folder)) return;
	throw new FlowferryError({
		code: 'STORE_FOREIGN_REVIEW',
		message: `${folder} was not written by flowferry, which would replace it by the flows of the newest snapshot`,
		hint: 'Keep snapshots in another folder (`store: { folder: … }`), or give that one another name; then try again. Nothing was changed.',
	});
}

function isReplaceable(folder: string): boolean {
	if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return true;
	try {
		return readdirSync(folder).length === 0 || readFileSync(join(folder, ABOUT), 'utf8').includes(MARK);
	} catch {
		return false;
	}
}

/** Replaces the folder for reviews. Who is killed meanwhile leaves the old one, none, or the new one, and never a part. */
export async function writeReview(store: string, snapshot: Snapshot): Promise<void> {
	await withIncoming(store, async (incoming) => {
		const [before, after] = [join(incoming, 'before'), join(incoming, 'after')];
		for (const [path, text] of reviewFiles(snapshot)) {
			await mkdir(dirname(join(after, path)), { recursive: true });
			await writeFile(join(after, path), text);
		}
		await rename(join(store, REVIEW), before).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
		});
		await rename(after, join(store, REVIEW));
	});
}
