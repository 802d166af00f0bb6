import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { relative } from 'node:path';
import type { DevConfig } from '../config/dev.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { FlowNode } from '../flows/node.ts';
import { checkFlows, parseFlows } from '../flows/parse.ts';
import type { PaletteModule, SnapshotSource } from '../snapshot/snapshot.ts';
import type { AdminApi } from './admin-api.ts';
import { openAdminApi } from './admin-api.ts';
import { findFlowFile } from './flow-file.ts';
import { functionLibraries, isExactVersion, paletteFromNodeSets, sortPalette } from './palette.ts';
import { readUserDirRuntime } from './user-dir.ts';

/** The flows of the dev Node-RED, as they are there: not canonical, and perhaps with credentials in them. */
export interface DevFlows {
	nodes: FlowNode[];
	source: SnapshotSource;
	/** Null where it was not asked for, or may not be read. */
	palette: PaletteModule[] | null;
	warnings: string[];
}

/** All that a snapshot needs of it. */
export interface DevState extends DevFlows {
	palette: PaletteModule[];
	nodeRedVersion: string;
}

/** Where flows are developed. Both methods read it anew. */
export interface DevSource {
	flows(): Promise<DevFlows>;
	state(): Promise<DevState>;
}

export function openDevSource(dev: DevConfig): DevSource {
	return 'userDir' in dev ? userDirSource(dev.userDir, dev.flowFile) : adminApiSource(() => openAdminApi(dev));
}

/**
 * Where the configuration names none: whatever asks for it is told what to do.
 * @param configPath the configuration's file
 */
export function noDevSource(configPath: string): DevSource {
	const refuse = async (): Promise<never> => {
		throw new FlowferryError({
			code: 'DEV_MISSING',
			message: `${configPath} names no dev Node-RED`,
			hint: 'Name a stored snapshot with --snapshot, or add `dev: { url: http://localhost:1880 }`.',
		});
	};
	return { flows: refuse, state: refuse };
}

function adminApiSource(open: () => AdminApi): DevSource {
	const withApi = async <T>(use: (api: AdminApi) => Promise<T>): Promise<T> => {
		const api = open();
		try {
			return await use(api);
		} finally {
			await api.close();
		}
	};
	const readFlows = async (api: AdminApi): Promise<DevFlows> => {
		const { flows, rev } = await api.flows();
		return { nodes: checkFlows(flows, api.url), source: { kind: 'admin-api', url: api.url, rev }, palette: null, warnings: [] };
	};
	return {
		// Judging flows must do with a token that may read flows alone.
		flows: () => withApi(async (api) => ({ ...(await readFlows(api)), palette: await api.nodes().then(paletteFromNodeSets, () => null) })),
		state: () =>
			withApi(async (api) => {
				// First of all: an unsupported version explains every oddity that would follow.
				const nodeRedVersion = await api.version();
				const flows = await readFlows(api);
				const palette = paletteFromNodeSets(await api.nodes());
				return { ...flows, nodeRedVersion, ...withLibraries(palette, flows.nodes) };
			}),
	};
}

/** The API names no library of a function node, so only those whose node says its exact version can be kept. */
function withLibraries(palette: PaletteModule[], nodes: FlowNode[]): { palette: PaletteModule[]; warnings: string[] } {
	const warnings: string[] = [];
	const known: PaletteModule[] = [];
	for (const library of functionLibraries(nodes)) {
		if (palette.some((module) => module.name === library.name)) continue;
		if (isExactVersion(library.wanted)) known.push({ name: library.name, version: library.wanted, types: [] });
		else {
			warnings.push(
				`The function node ${library.nodeId} loads the npm module ${library.name}, whose installed version the admin API does not tell: the snapshot does not hold it. Name it as ${library.name}@1.2.3 in the node's setup, or read the dev Node-RED by dev.userDir`,
			);
		}
	}
	return { palette: sortPalette([...palette, ...known]), warnings };
}

function userDirSource(userDir: string, configured: string | undefined): DevSource {
	const flows = async (): Promise<DevFlows> => {
		const { path, warnings } = await findFlowFile(userDir, configured, hostname());
		const source: SnapshotSource = { kind: 'user-dir', path: userDir, flowFile: relative(userDir, path) };
		return { nodes: parseFlows(await readFile(path, 'utf8'), path), source, palette: null, warnings };
	};
	return {
		flows,
		state: async () => {
			const read = await flows();
			const { palette, version, warnings } = await readUserDirRuntime(userDir);
			const missing = functionLibraries(read.nodes).filter((library) => !palette.some((module) => module.name === library.name));
			const unknown = missing.map(
				(library) => `The function node ${library.nodeId} loads the npm module ${library.name}, which is not installed in ${userDir}`,
			);
			return { ...read, palette, nodeRedVersion: version, warnings: [...read.warnings, ...warnings, ...unknown] };
		},
	};
}
