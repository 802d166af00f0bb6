import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { canonicalJson } from '../flows/canonical.ts';
import { indexTarballs } from '../packages/integrity.ts';
import { packagesOf } from '../packages/lock.ts';
import { paletteManifest } from '../packages/manifest.ts';
import type { PackageSet } from '../packages/supply.ts';
import type { CredentialVault } from '../snapshot/sealing/vault.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { parseSnapshot } from '../snapshot/snapshot-document.ts';
import { checksumFiles, unpackArchive } from './archive.ts';
import type { BundleManifest, BundleSummary, OpenBundle, SealState } from './bundle.ts';
import { BUNDLE_FORMAT, BUNDLE_VERSION, LOCKS, MANIFEST_FILE, PACKAGES, PLAN_FILE, SNAPSHOT_FILE } from './bundle.ts';
import { summariseBundle } from './summary.ts';

/** What is asked of a bundle besides being whole. */
export interface SealPolicy {
	/** Tells whether whoever sealed it had the passphrase. */
	vault: Pick<CredentialVault, 'canSeal' | 'checkStamp'>;
	/** One that anybody may have written will do, where there is a passphrase to tell. */
	allowUnsealed: boolean;
}

/**
 * Unpacks a bundle into a folder of its own, checks every file, and removes the folder when the work is done.
 * @throws FlowferryError BUNDLE_UNREADABLE, BUNDLE_VERSION, BUNDLE_DAMAGED, BUNDLE_UNSEALED, BUNDLE_SEAL_WRONG, and as `parseSnapshot`
 */
export async function withBundle<T>(file: string, policy: SealPolicy, work: (bundle: OpenBundle) => Promise<T>): Promise<T> {
	await assertReadable(file);
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-bundle-'));
	try {
		try {
			unpackArchive(file, folder);
		} catch (error) {
			throw damaged(file, (error as Error).message);
		}
		return await work(await check(file, folder, policy));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** What a bundle holds, once all of it has been checked. @throws as `withBundle` */
export async function verifyBundle(file: string, policy: SealPolicy): Promise<BundleSummary> {
	return await withBundle(file, policy, async ({ manifest, seal }) =>
		summariseBundle(manifest, seal, { file, bytes: (await stat(file)).size }),
	);
}

async function check(file: string, folder: string, policy: SealPolicy): Promise<OpenBundle> {
	const manifest = await readManifest(file, folder);
	const seal = await checkSeal(file, manifest, policy);
	const { [MANIFEST_FILE]: _, ...found } = await checksumFiles(folder);
	for (const path of new Set([...Object.keys(manifest.files), ...Object.keys(found)])) {
		if (found[path] === undefined) throw damaged(file, `${path} is missing`);
		if (manifest.files[path] === undefined) throw damaged(file, `${path} was added to it`);
		if (manifest.files[path] !== found[path]) throw damaged(file, `${path} has been changed`);
	}
	const read = (path: string) => readFile(join(folder, path), 'utf8');
	const snapshot = parseSnapshot(await read(SNAPSHOT_FILE), `${SNAPSHOT_FILE} in ${file}`);
	if (snapshot.id !== manifest.snapshot) throw damaged(file, 'its snapshot is not the one that it names');
	const locks = Object.keys(found).filter((path) => path.startsWith(`${LOCKS}/`));
	const sets = await Promise.all(locks.map(async (path) => readSet(file, path, await read(path))));
	assertComplete(file, snapshot, sets);
	return {
		manifest,
		seal,
		snapshot,
		plan: found[PLAN_FILE] === undefined ? null : await read(PLAN_FILE),
		sets,
		tarballs: await findTarballs(file, folder, sets),
	};
}

async function checkSeal(file: string, manifest: BundleManifest, { vault, allowUnsealed }: SealPolicy): Promise<SealState> {
	const { seal = null, ...sealed } = manifest;
	if (seal === null) {
		if (allowUnsealed || !(await vault.canSeal())) return 'none';
		throw new FlowferryError({
			code: 'BUNDLE_UNSEALED',
			message: `${file} is not sealed: anybody may have written it`,
			hint: 'Write it where the passphrase is set, too; or take it as it is with --allow-unsealed.',
		});
	}
	const isRight = await vault.checkStamp(seal, canonicalJson(sealed));
	if (isRight === null) return 'unchecked';
	if (isRight) return 'checked';
	throw new FlowferryError({
		code: 'BUNDLE_SEAL_WRONG',
		message: `The seal of ${file} does not fit: it was written with another passphrase, or changed by somebody without it`,
		hint: 'Set the passphrase that is set where it was written; if that is the one, do not trust the file. Nothing of it was used.',
	});
}

async function readManifest(file: string, folder: string): Promise<BundleManifest> {
	const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => {
		throw notOne(file);
	});
	let manifest: Partial<BundleManifest>;
	try {
		manifest = JSON.parse(text) as Partial<BundleManifest>;
	} catch {
		throw damaged(file, `${MANIFEST_FILE} is not the JSON that was written`);
	}
	if (Object(manifest).format !== BUNDLE_FORMAT) throw notOne(file);
	if (manifest.version !== BUNDLE_VERSION) {
		throw new FlowferryError({
			code: 'BUNDLE_VERSION',
			message: `${file} is a bundle of version ${JSON.stringify(manifest.version)}, written by flowferry ${manifest.tool}; this flowferry reads version ${BUNDLE_VERSION}`,
			hint: 'Update flowferry here, or write the bundle with this version.',
		});
	}
	if (!isManifest(manifest)) throw damaged(file, `${MANIFEST_FILE} does not say what a bundle's does`);
	return manifest;
}

function isManifest(manifest: Partial<BundleManifest>): manifest is BundleManifest {
	const { tool, snapshot, created, by, files, installScripts, seal } = manifest;
	const texts = [tool, snapshot, created, by, ...(Array.isArray(installScripts) ? installScripts : [null])];
	const sums = Object.values(Object(files));
	return [...texts, ...sums].every((text) => typeof text === 'string') && sums.length > 0 && (seal === null || typeof seal === 'string');
}

function readSet(file: string, path: string, text: string): PackageSet {
	try {
		const { manifest, lock } = JSON.parse(text) as PackageSet;
		packagesOf(lock);
		if (typeof manifest === 'string') return { manifest, lock };
	} catch {
		// Said below.
	}
	throw damaged(file, `${path} is not a set of packages`);
}

/** What was left out cannot be missed over there: only that the palette is all there is certain to be wanted. */
function assertComplete(file: string, { content: { palette } }: Snapshot, sets: readonly PackageSet[]): void {
	const wanted = paletteManifest(palette);
	if (palette.length === 0 || sets.some(({ manifest }) => manifest === wanted)) return;
	throw damaged(file, "it does not hold the packages of its snapshot's palette");
}

/** What the sets ask for, and no more. */
async function findTarballs(file: string, folder: string, sets: readonly PackageSet[]): Promise<Map<string, string>> {
	const there = sets.length === 0 ? new Map<string, string>() : await indexTarballs(join(folder, PACKAGES));
	const found = new Map<string, string>();
	for (const { name, version, integrity } of sets.flatMap(({ lock }) => packagesOf(lock))) {
		const tarball = there.get(integrity);
		if (tarball === undefined) throw damaged(file, `the package ${name}@${version} is missing`);
		found.set(integrity, tarball);
	}
	return found;
}

async function assertReadable(file: string): Promise<void> {
	try {
		if ((await stat(file)).isFile()) return;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new FlowferryError({
			code: 'BUNDLE_UNREADABLE',
			message: code === 'ENOENT' ? `There is no bundle ${file}` : `The bundle ${file} cannot be read (${code})`,
			hint: 'Write one with `flowferry bundle create --out FILE` where there is a network, and bring it here.',
			cause: error,
		});
	}
	throw notOne(file);
}

function notOne(file: string): FlowferryError {
	return new FlowferryError({
		code: 'BUNDLE_DAMAGED',
		message: `${file} is no bundle`,
		hint: 'Name a file that `flowferry bundle create` wrote.',
	});
}

function damaged(file: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'BUNDLE_DAMAGED',
		message: `The bundle ${file} is damaged: ${problem}`,
		hint: 'Copy it again from where it was written; nothing of it was used.',
	});
}
