import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { FlowNode } from '../flows/node.ts';
import { contentId, factsChecksum } from './identity.ts';
import type { Snapshot, SnapshotContent } from './snapshot.ts';
import { findShapeFault } from './snapshot-shape.ts';

/**
 * Snapshots as folders: `snapshots/3f/3f9a…/flows.json`, `credentials.age` where there are credentials, and, for all the rest,
 * `snapshot.json`. The two digits keep git's trees small: in one folder, each of ten thousand snapshots would write a tree of all.
 * Earlier versions wrote `snapshots/3f9a…`; what they wrote is read as before.
 */
export const FOLDER = 'snapshots';
const SEALED = 'credentials.age';
const INCOMING = '.incoming-';
const ID = /^[0-9a-f]{64}$/;

/** What `snapshot.json` holds. */
type SnapshotFacts = Omit<Snapshot, 'content' | 'sealed'> & Omit<SnapshotContent, 'flows'> & { checksum?: string };

/** By id: the folder, relative to the store. */
export type StoredFolders = ReadonlyMap<string, string>;

/** Where a new snapshot goes, relative to the store. */
export function folderFor(id: string): string {
	return `${FOLDER}/${id.slice(0, 2)}/${id}`;
}

/** The snapshots that have a folder, in no order. @throws FlowferryError STORE_UNREADABLE */
export function findFolders(store: string): StoredFolders {
	const folders = new Map<string, string>();
	for (const name of namesIn(store, FOLDER)) {
		if (ID.test(name)) folders.set(name, `${FOLDER}/${name}`);
		else if (/^[0-9a-f]{2}$/.test(name)) {
			for (const id of namesIn(store, `${FOLDER}/${name}`)) if (ID.test(id)) folders.set(id, `${FOLDER}/${name}/${id}`);
		}
	}
	return folders;
}

function namesIn(store: string, folder: string): string[] {
	try {
		return readdirSync(join(store, folder));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw unreadable(`The snapshot store ${store}`, error);
	}
}

function unreadable(what: string, error: unknown): FlowferryError {
	return new FlowferryError({
		code: 'STORE_UNREADABLE',
		message: `${what} cannot be read (${(error as NodeJS.ErrnoException).code})`,
		hint: 'Check `store` in the configuration, and the permissions of that folder.',
		cause: error,
	});
}

/** When a snapshot was taken, without looking at its flows; undefined where that cannot be told. */
export function readTime(store: string, folder: string): string | undefined {
	try {
		const { time } = JSON.parse(readFileSync(join(store, folder, 'snapshot.json'), 'utf8')) as { time?: unknown };
		return typeof time === 'string' ? time : undefined;
	} catch {
		return undefined;
	}
}

/** Reads a snapshot and checks all of it. @throws FlowferryError STORE_UNREADABLE; STORE_CORRUPT, with every file at fault as far as it can be told */
export function readSnapshotFolder(store: string, id: string, folder: string): Snapshot {
	const file = `${folder}/snapshot.json`;
	const facts = readPart(store, file, folder) as unknown as SnapshotFacts;
	const flows = readPart(store, `${folder}/flows.json`, folder) as unknown as FlowNode[];
	const fault = findShapeFault(facts as unknown as Record<string, unknown>);
	if (fault !== null) throw corrupt(store, file, `it is not what was stored: ${fault}`, folder);
	const { palette, nodeRed, credentials, source, author, time, message, runtime, checksum } = facts;
	const content: SnapshotContent = { flows, palette, nodeRed, ...(credentials && { credentials }) };
	if (facts.id !== id || contentId(content) !== id) {
		throw corrupt(store, folder, 'its content does not give its id: a file was changed after it was stored', folder);
	}
	const sealed = credentials && readSealed(store, folder);
	const snapshot: Snapshot = { id, content, source, author, time, message, ...(runtime && { runtime }), ...(sealed && { sealed }) };
	// Earlier versions kept no checksum.
	if (checksum !== undefined && factsChecksum(snapshot) !== checksum) {
		const files = sealed === undefined ? file : `${file} or ${SEALED}`;
		throw corrupt(store, files, 'its checksum does not fit: it was changed after it was stored', folder);
	}
	return snapshot;
}

function readText(store: string, file: string, folder: string): string {
	try {
		return readFileSync(join(store, file), 'utf8');
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (code === 'EACCES' || code === 'EPERM') throw unreadable(`In the snapshot store, ${join(store, file)}`, error);
		throw corrupt(store, file, `the file cannot be read (${code})`, folder);
	}
}

/** A checkout elsewhere may have given its lines another ending. */
function readSealed(store: string, folder: string): string {
	return readText(store, `${folder}/${SEALED}`, folder).replaceAll('\r\n', '\n');
}

function readPart(store: string, file: string, folder: string): Record<string, unknown> {
	const text = readText(store, file, folder);
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
	} catch {
		// Said below, as for JSON of the wrong kind.
	}
	throw corrupt(store, file, 'the file is not the JSON that was stored', folder);
}

function corrupt(store: string, path: string, problem: string, restore: string): FlowferryError {
	return new FlowferryError({
		code: 'STORE_CORRUPT',
		message: `The snapshot store is damaged at ${join(store, path)}: ${problem}`,
		hint: `Restore it from its repository: git -C '${store}' checkout HEAD -- ${restore}`,
	});
}

/** What a snapshot's folder holds, by name. */
export function snapshotFiles(snapshot: Snapshot): Map<string, string> {
	const { content, sealed, ...facts } = snapshot;
	const { flows, ...rest } = content;
	const files = new Map([['flows.json', pretty(flows)]]);
	if (sealed !== undefined) files.set(SEALED, sealed);
	return files.set('snapshot.json', pretty({ ...facts, ...rest, checksum: factsChecksum(snapshot) } satisfies SnapshotFacts));
}

/**
 * Writes a snapshot's folder, whole or not at all: it takes its name only when all files are on the disk. To be called by one at a time.
 * @returns false where it is there already
 */
export async function writeSnapshotFolder(store: string, snapshot: Snapshot): Promise<boolean> {
	const folder = join(store, folderFor(snapshot.id));
	await mkdir(dirname(folder), { recursive: true });
	await removeIncoming(store);
	return await withIncoming(store, async (incoming) => {
		// Within the other, which its owner alone may read.
		const whole = join(incoming, snapshot.id);
		await mkdir(whole);
		for (const [name, text] of snapshotFiles(snapshot)) await writeFile(join(whole, name), text, { flush: true });
		return await rename(whole, folder).then(
			() => true,
			(error: NodeJS.ErrnoException) => {
				if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
				throw error;
			},
		);
	});
}

/** Makes something in a folder of its own, on the same disk, to be renamed to its place; what is left in that folder goes. */
export async function withIncoming<R>(store: string, work: (incoming: string) => Promise<R>): Promise<R> {
	const incoming = await mkdtemp(join(store, FOLDER, INCOMING));
	try {
		return await work(incoming);
	} finally {
		await rm(incoming, { recursive: true, force: true });
	}
}

/** What processes that died left half-written. */
async function removeIncoming(store: string): Promise<void> {
	for (const name of await readdir(join(store, FOLDER))) {
		if (name.startsWith(INCOMING)) await rm(join(store, FOLDER, name), { recursive: true, force: true });
	}
}

/** Undoes a write that could not be committed. */
export async function removeFolder(store: string, folder: string): Promise<void> {
	await rm(join(store, folder), { recursive: true, force: true });
}

function pretty(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}
