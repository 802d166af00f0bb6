import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../flows/is-record.ts';
import type { Palette, PaletteModule } from '../lint/palette.ts';
import { readJsonObject } from './read-json.ts';

/** What Node-RED wrote of a module at its last start. */
type Registered = Record<string, { version?: string; nodes?: Record<string, { types?: string[]; enabled?: boolean }> } | undefined>;

const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'];

/**
 * The palette that a flow file's folder tells: what its package.json asks for, with the node types that Node-RED found when it last
 * ran there (`.config.nodes.json`). Null where there is no package.json, or one that is not about Node-RED or cannot be read: flows
 * can be judged without.
 */
export async function readPaletteBeside(flowFile: string): Promise<Palette | null> {
	const folder = dirname(flowFile);
	const read = (name: string) => readJsonObject(join(folder, name)).catch(() => undefined);
	const manifest = await read('package.json');
	if (!manifest) return null;
	const registered = ((await read('.config.nodes.json')) ?? {}) as Registered;
	const wanted = isRecord(manifest.dependencies) ? Object.entries(manifest.dependencies) : [];
	const asked = wanted.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
	if (!tellsPalette(folder, manifest, registered, asked)) return null;
	const found = Object.entries(registered).map(([name, module]) => [name, module?.version ?? ''] as const);
	const modules = new Map([...found, ...asked]);
	return {
		origin: 'package.json',
		modules: Array.from(modules, ([name, version]): PaletteModule => ({ name, wanted: version, types: typesOf(registered[name]) })),
		isLocked: lockfiles.some((name) => existsSync(join(folder, name))),
	};
}

/** Other programs have a package.json as well, with flows beside it as an example. */
function tellsPalette(folder: string, manifest: Record<string, unknown>, registered: Registered, asked: [string, string][]): boolean {
	if (Object.keys(registered).length > 0 || existsSync(join(folder, 'settings.js'))) return true;
	const project = manifest['node-red'];
	if (isRecord(project) && isRecord(project.settings)) return true;
	return asked.some(([name]) => /(?:^|\/|@|-)node-red(?:$|-|\/)/.test(name));
}

/** Null: Node-RED has not run since the module was asked for, or it brings no nodes. */
function typesOf(module: Registered[string]): string[] | null {
	const sets = Object.values(module?.nodes ?? {});
	return sets.length === 0 ? null : sets.filter(({ enabled }) => enabled !== false).flatMap(({ types }) => types ?? []);
}
