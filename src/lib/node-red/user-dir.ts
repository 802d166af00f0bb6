import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { PaletteModule } from '../snapshot/snapshot.ts';
import { CORE_MODULE, isExactVersion, sortPalette } from './palette.ts';
import { readJsonObject } from './read-json.ts';
import { DEFAULT_VERSION, supportedVersion } from './version.ts';

/** What a user directory tells about the Node-RED that runs in it. */
export interface UserDirRuntime {
	palette: PaletteModule[];
	/** Of Node-RED. */
	version: string;
	warnings: string[];
}

/** A module in `.config.nodes.json`, which Node-RED writes at each start: what it found, and what is switched off. */
interface RegisteredModule {
	version?: string;
	nodes?: Record<string, { types?: string[]; enabled?: boolean }>;
}

/**
 * The palette and the Node-RED version of a user directory. The palette is what package.json asks for, the project's as well, plus
 * what Node-RED found in node_modules at its last start, each at its installed version and without what is switched off.
 * @param projectFolder of the project whose flows are read; Node-RED installs its modules in the user directory
 * @throws FlowferryError PALETTE_NOT_INSTALLED, NODE_RED_UNSUPPORTED, USER_DIR_UNREADABLE
 */
export async function readUserDirRuntime(userDir: string, projectFolder: string | null = null): Promise<UserDirRuntime> {
	const manifest = await readJsonObject(join(userDir, 'package.json'));
	const projectManifest = projectFolder === null ? undefined : await readJsonObject(join(projectFolder, 'package.json'));
	const registered = ((await readJsonObject(join(userDir, '.config.nodes.json'))) ?? {}) as Record<string, RegisteredModule>;
	const wanted = { ...dependenciesOf(projectManifest), ...dependenciesOf(manifest) };
	const warnings: string[] = [];
	const palette: PaletteModule[] = [];

	for (const name of new Set([...Object.keys(wanted), ...Object.keys(registered)])) {
		if (name === CORE_MODULE) continue;
		const module = await readModule(userDir, name, wanted[name], registered[name], warnings);
		if (module !== undefined) palette.push(module);
	}
	const version = await nodeRedVersion(userDir, registered[CORE_MODULE]?.version, warnings);
	return { palette: sortPalette(palette), version, warnings };
}

function dependenciesOf(manifest: Record<string, unknown> | undefined): Record<string, string> {
	return (manifest?.dependencies ?? {}) as Record<string, string>;
}

async function readModule(
	userDir: string,
	name: string,
	wanted: string | undefined,
	registered: RegisteredModule | undefined,
	warnings: string[],
): Promise<PaletteModule | undefined> {
	const installed = await readJsonObject(join(userDir, 'node_modules', name, 'package.json'));
	// Neither asked for nor there: Node-RED remembers modules that were removed.
	if (installed === undefined && wanted === undefined) return undefined;
	if (wanted !== undefined && /^(?:file|link|git|git\+\w+|github|https?):/.test(wanted)) {
		warnings.push(`${name} is installed from ${withoutUserInfo(wanted)}: a production must be able to get it from npm under its version`);
	}
	const sets = Object.values(registered?.nodes ?? {});
	const enabled = sets.filter((set) => set.enabled !== false);
	if (sets.length > 0 && enabled.length === 0) return undefined;
	if (installed?.['node-red'] !== undefined && registered === undefined) {
		warnings.push(`Node-RED has not run since ${name} was installed, so the node types that it brings are not known`);
	}
	return { name, version: exactVersion(userDir, name, installed, wanted), types: enabled.flatMap((set) => set.types ?? []) };
}

function exactVersion(userDir: string, name: string, installed: Record<string, unknown> | undefined, wanted: string | undefined): string {
	if (typeof installed?.version === 'string') return installed.version;
	if (wanted !== undefined && isExactVersion(wanted)) return wanted;
	throw new FlowferryError({
		code: 'PALETTE_NOT_INSTALLED',
		message: `${join(userDir, 'package.json')} asks for ${name}${wanted === undefined ? '' : ` (${wanted})`}, but it is not installed there`,
		hint: `Run \`npm install\` in ${userDir}, or remove ${name} from its package.json: a snapshot holds exact versions.`,
	});
}

/** What last ran there; else what is installed there or above; else the default, with a warning. */
async function nodeRedVersion(userDir: string, lastRun: string | undefined, warnings: string[]): Promise<string> {
	if (lastRun !== undefined) return supportedVersion(lastRun, `The user directory ${userDir} says that it`);
	const installed = await installedNodeRed(userDir);
	if (installed !== undefined) return supportedVersion(installed.version, `The user directory ${userDir}, by ${installed.folder},`);
	warnings.push(`No Node-RED has run in ${userDir} and none is installed there: version ${DEFAULT_VERSION} is taken for it`);
	return DEFAULT_VERSION;
}

async function installedNodeRed(userDir: string): Promise<{ version: string; folder: string } | undefined> {
	try {
		const path = createRequire(join(userDir, 'package.json')).resolve('node-red/package.json');
		const manifest = await readJsonObject(path);
		return typeof manifest?.version === 'string' ? { version: manifest.version, folder: dirname(path) } : undefined;
	} catch (error) {
		if (error instanceof FlowferryError) throw error;
		return undefined;
	}
}

/** A git address may hold a token. */
function withoutUserInfo(specifier: string): string {
	return specifier.replace(/\/\/[^/@]+@/, '//');
}
