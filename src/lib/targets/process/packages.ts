import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { readNodeRedVersion } from '../../node-red/installed.ts';
import { digestOf, nodeRedManifest, paletteManifest } from '../../packages/manifest.ts';
import type { PackageSupply } from '../../packages/supply.ts';
import type { PaletteModule } from '../../snapshot/snapshot.ts';
import type { Progress } from '../target.ts';

/** How packages come. */
export interface Installation {
	supply: PackageSupply;
	timeoutMs: number;
	progress: Progress;
}

/** Where a palette is, or will be, installed. */
export function paletteFolder(palettes: string, modules: readonly PaletteModule[]): string {
	return join(palettes, digestOf(paletteManifest(modules)));
}

/** The folder of a Node-RED of exactly this version that is at hand: one nearby, else one that was installed; null for none. */
export async function findNodeRed(nodeReds: string, nearby: readonly string[], version: string): Promise<string | null> {
	for (const folder of nearby) if ((await readNodeRedVersion(folder)) === version) return folder;
	return existsSync(join(nodeReds, version)) ? installedIn(join(nodeReds, version)) : null;
}

function installedIn(folder: string): string {
	return join(folder, 'node_modules', 'node-red');
}

/**
 * The folder that holds an installed palette: installed before the cutover, once for all instances and releases that
 * have the same one. It appears by a rename, whole or not at all.
 */
export async function ensurePalette(palettes: string, modules: PaletteModule[], installation: Installation): Promise<string> {
	const folder = paletteFolder(palettes, modules);
	if (modules.length > 0) installation.progress(`palette: ${modules.length} module${modules.length === 1 ? '' : 's'}`);
	await ensureInstalled(folder, paletteManifest(modules), modules.length > 0, installation);
	return folder;
}

/**
 * Node-RED's program (`red.js`) at exactly this version: the one that the configuration or the project has, where its
 * version is right, else one installed from npm.
 */
export async function ensureNodeRed(
	options: { nodeReds: string; configured: string | null; nearby: string[]; version: string },
	installation: Installation,
): Promise<string> {
	const { configured, version } = options;
	if (configured) {
		const found = await readNodeRedVersion(configured);
		if (found === version) return join(configured, 'red.js');
		throw new FlowferryError({
			code: 'NODE_RED_VERSION',
			message: found ? `${configured} is Node-RED ${found}, but the snapshot was taken from ${version}` : `${configured} holds no Node-RED`,
			hint: `leave out 'nodeRed' to have ${version} installed from npm, or name a folder that holds it (…/node_modules/node-red)`,
		});
	}
	const found = await findNodeRed(options.nodeReds, options.nearby, version);
	if (found !== null) return join(found, 'red.js');
	const folder = join(options.nodeReds, version);
	installation.progress(`Node-RED ${version}`);
	await ensureInstalled(folder, nodeRedManifest(version), true, installation);
	return join(installedIn(folder), 'red.js');
}

async function ensureInstalled(folder: string, manifest: string, hasPackages: boolean, { supply, timeoutMs }: Installation): Promise<void> {
	if (existsSync(folder)) return;
	const unfinished = `${folder}.unfinished`;
	await rm(unfinished, { recursive: true, force: true });
	await mkdir(join(unfinished, 'node_modules'), { recursive: true });
	await writeFile(join(unfinished, 'package.json'), manifest);
	try {
		if (hasPackages) await supply.install(unfinished, manifest, timeoutMs);
		await rename(unfinished, folder);
	} finally {
		await rm(unfinished, { recursive: true, force: true });
	}
}
