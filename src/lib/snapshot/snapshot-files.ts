import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { FlowNode } from '../flows/node.ts';
import { contentId } from './identity.ts';
import type { Snapshot, SnapshotContent } from './snapshot.ts';

/**
 * Snapshots as folders: `snapshots/<id>/flows.json`, `credentials.age` where there are credentials, and, for all the rest,
 * `snapshot.json`. Readable, and good to diff.
 */
export const FOLDER = 'snapshots';
const SEALED = 'credentials.age';

/** What `snapshot.json` holds. */
type SnapshotFacts = Omit<Snapshot, 'content' | 'sealed'> & Omit<SnapshotContent, 'flows'>;

/** The ids that have a folder, in no order. @throws FlowferryError STORE_UNREADABLE */
export async function listIds(store: string): Promise<string[]> {
	try {
		return (await readdir(join(store, FOLDER))).filter((name) => /^[0-9a-f]{64}$/.test(name));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') return [];
		throw new FlowferryError({
			code: 'STORE_UNREADABLE',
			message: `The snapshot store ${store} cannot be read (${code})`,
			hint: 'Check `store` in the configuration, and the permissions of that folder.',
			cause: error,
		});
	}
}

/** Reads a snapshot and checks it against its id. @throws FlowferryError STORE_CORRUPT */
export async function readSnapshotFolder(store: string, id: string): Promise<Snapshot> {
	const folder = `${FOLDER}/${id}`;
	const facts = (await readPart(store, `${folder}/snapshot.json`, id)) as SnapshotFacts;
	const flows = (await readPart(store, `${folder}/flows.json`, id)) as FlowNode[];
	const { palette, nodeRed, credentials, source, author, time, message, runtime } = facts;
	const content: SnapshotContent = { flows, palette, nodeRed, ...(credentials && { credentials }) };
	const complete = [palette, nodeRed, source, author, time, message].every((value) => value !== undefined);
	if (!complete || contentId(content) !== id) {
		throw corrupt(store, folder, 'its content does not give its id: a file was changed after it was stored');
	}
	const sealed = credentials && (await readText(store, `${folder}/${SEALED}`, id));
	return { id, content, source, author, time, message, ...(runtime && { runtime }), ...(sealed && { sealed }) };
}

async function readText(store: string, file: string, id: string): Promise<string> {
	try {
		return await readFile(join(store, file), 'utf8');
	} catch (error) {
		throw corrupt(store, file, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`, `${FOLDER}/${id}`);
	}
}

async function readPart(store: string, file: string, id: string): Promise<unknown> {
	const text = await readText(store, file, id);
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null) return value;
	} catch {
		// Said below, as for JSON of the wrong kind.
	}
	throw corrupt(store, file, 'the file is not the JSON that was stored');
}

function corrupt(store: string, path: string, problem: string, restore = path): FlowferryError {
	return new FlowferryError({
		code: 'STORE_CORRUPT',
		message: `The snapshot store is damaged at ${join(store, path)}: ${problem}`,
		hint: `Restore it from its repository: git -C '${store}' checkout HEAD -- ${restore}`,
	});
}

/**
 * Writes a snapshot's folder, whole or not at all: it takes its name only when both files are on the disk.
 * @returns false where another process has just written the same snapshot
 */
export async function writeSnapshotFolder(store: string, snapshot: Snapshot): Promise<boolean> {
	const { content, sealed, ...facts } = snapshot;
	const { flows, ...rest } = content;
	await mkdir(join(store, FOLDER), { recursive: true });
	const incoming = await mkdtemp(join(store, FOLDER, '.incoming-'));
	try {
		await writeFile(join(incoming, 'flows.json'), pretty(flows), { flush: true });
		if (sealed !== undefined) await writeFile(join(incoming, SEALED), sealed, { flush: true });
		await writeFile(join(incoming, 'snapshot.json'), pretty({ ...facts, ...rest } satisfies SnapshotFacts), { flush: true });
		await rename(incoming, join(store, FOLDER, snapshot.id));
		return true;
	} catch (error) {
		await rm(incoming, { recursive: true, force: true });
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
		throw error;
	}
}

/** Undoes a write that could not be committed. */
export async function removeSnapshotFolder(store: string, id: string): Promise<void> {
	await rm(join(store, FOLDER, id), { recursive: true, force: true });
}

function pretty(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}
