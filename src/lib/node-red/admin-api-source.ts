import type { FlowNode } from '../flows/node.ts';
import { checkFlows } from '../flows/parse.ts';
import type { PaletteModule } from '../snapshot/snapshot.ts';
import type { AdminApi } from './admin-api.ts';
import type { DevFlows, DevSource } from './dev-source.ts';
import { isExactVersion, missingLibraries, paletteFromNodeSets, sortPalette } from './palette.ts';
import { factsOfDiagnostics } from './settings-facts.ts';

/** A running dev Node-RED, read by its admin API. It does not give out credentials. */
export function adminApiSource(open: () => AdminApi): DevSource {
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
				const runtime = factsOfDiagnostics(await api.diagnostics());
				return { ...flows, nodeRedVersion, runtime, storedCredentials: async () => ({}), ...withLibraries(palette, flows.nodes) };
			}),
	};
}

/** The API names no library of a function node, so only those whose node says its exact version can be kept. */
function withLibraries(palette: PaletteModule[], nodes: FlowNode[]): { palette: PaletteModule[]; warnings: string[] } {
	const warnings: string[] = [];
	const known: PaletteModule[] = [];
	for (const library of missingLibraries(nodes, palette)) {
		if (isExactVersion(library.wanted)) known.push({ name: library.name, version: library.wanted, types: [] });
		else {
			warnings.push(
				`The function node ${library.nodeId} loads the npm module ${library.name}, whose installed version the admin API does not tell: the snapshot does not hold it. Name it as ${library.name}@1.2.3 in the node's setup, or read the dev Node-RED by dev.userDir`,
			);
		}
	}
	return { palette: sortPalette([...palette, ...known]), warnings };
}
