import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { explainDiskFault } from '../adapters/disk-fault.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { canonicalJson } from '../flows/canonical.ts';
import { nodeRedManifest, paletteManifest } from '../packages/manifest.ts';
import type { PackageSupply } from '../packages/supply.ts';
import type { CredentialVault } from '../snapshot/sealing/vault.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { serialiseSnapshot } from '../snapshot/snapshot-document.ts';
import { checksumFiles, packFolder } from './archive.ts';
import {
	BUNDLE_FORMAT,
	BUNDLE_VERSION,
	type BundleManifest,
	type BundleSummary,
	LOCKS,
	MANIFEST_FILE,
	PACKAGES,
	PLAN_FILE,
	SNAPSHOT_FILE,
} from './bundle.ts';
import { collectPackages } from './collect.ts';
import { summariseBundle } from './summary.ts';

export interface BundleRequest {
	snapshot: Snapshot;
	/** The text of a saved plan; null for none. */
	plan: string | null;
	/** Whether Node-RED itself comes along. */
	nodeRed: boolean;
	/** The bundle's file; it appears whole or not at all, in place of an earlier one. */
	out: string;
	/** Whose locks are used. */
	packages: PackageSupply;
	/** What seals it. */
	vault: Pick<CredentialVault, 'stamp'>;
	/** flowferry's version. */
	tool: string;
	/** `Name <mail>`. */
	by: string;
	now: Date;
	/** For each call of npm. */
	timeoutMs: number;
	progress: (message: string) => void;
	/** Gives up, and leaves nothing behind. */
	signal: AbortSignal;
}

/**
 * Writes a bundle, with the packages fetched from npm.
 * @throws FlowferryError BUNDLE_FOLDER_MISSING, PACKAGE_NOT_PUBLISHED, DISK_FULL, FOLDER_UNUSABLE, and as `lockPackages`
 */
export async function createBundle(request: BundleRequest): Promise<BundleSummary> {
	const { snapshot, out, progress } = request;
	await assertWritable(out);
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-bundle-'));
	const unfinished = join(dirname(out), `.${basename(out)}.${process.pid}`);
	try {
		await mkdir(join(folder, LOCKS));
		await mkdir(join(folder, PACKAGES));
		await writeFile(join(folder, SNAPSHOT_FILE), serialiseSnapshot(snapshot));
		if (request.plan !== null) await writeFile(join(folder, PLAN_FILE), request.plan);
		const installScripts = await collectPackages(folder, manifestsOf(request), request);
		const unsealed: Omit<BundleManifest, 'seal'> = {
			format: BUNDLE_FORMAT,
			version: BUNDLE_VERSION,
			tool: request.tool,
			snapshot: snapshot.id,
			created: request.now.toISOString(),
			by: request.by,
			files: await checksumFiles(folder),
			installScripts,
		};
		const seal = await request.vault.stamp(canonicalJson(unsealed));
		const manifest: BundleManifest = { ...unsealed, seal };
		await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, '\t')}\n`);
		progress(`writing ${out}`);
		await packFolder(folder, unfinished, MANIFEST_FILE);
		await rename(unfinished, out);
		return summariseBundle(manifest, seal === null ? 'none' : 'checked', { file: out, bytes: (await stat(out)).size });
	} catch (error) {
		throw await explainDiskFault(error, dirname(out));
	} finally {
		await rm(unfinished, { force: true });
		await rm(folder, { recursive: true, force: true });
	}
}

/** Before npm fetches for minutes. */
async function assertWritable(out: string): Promise<void> {
	const [folder, there] = [dirname(out), await stat(out).catch(() => null)];
	if (there?.isDirectory()) {
		throw new FlowferryError({
			code: 'BUNDLE_FOLDER_MISSING',
			message: `${out} is a folder, and the bundle is a file`,
			hint: `Name the file: --out ${join(out, 'plant.bundle')}.`,
		});
	}
	if ((await stat(folder).catch(() => null))?.isDirectory()) return;
	throw new FlowferryError({
		code: 'BUNDLE_FOLDER_MISSING',
		message: `There is no folder ${folder} to write the bundle into`,
		hint: 'Make it, or correct --out.',
	});
}

/** The sets of packages by name. */
function manifestsOf({ snapshot, nodeRed }: BundleRequest): Map<string, string> {
	const { palette, nodeRed: runtime } = snapshot.content;
	const manifests = new Map<string, string>();
	if (palette.length > 0) manifests.set('palette', paletteManifest(palette));
	if (nodeRed) manifests.set('node-red', nodeRedManifest(runtime.version));
	return manifests;
}
