import { isBuiltin } from 'node:module';
import type { FlowNode } from '../flows/node.ts';
import type { PaletteModule } from '../snapshot/snapshot.ts';
import type { NodeSet } from './admin-api.ts';

/** The name that the core's own nodes have as their module, in version 4 and 5 alike. */
export const CORE_MODULE = 'node-red';

const EXACT_VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

export function isExactVersion(text: string): boolean {
	return EXACT_VERSION.test(text);
}

/** The contributed modules behind node sets, without the core and without what is switched off. By name. */
export function paletteFromNodeSets(sets: readonly NodeSet[]): PaletteModule[] {
	const modules = new Map<string, PaletteModule>();
	for (const set of sets) {
		if (set.module === CORE_MODULE || !set.enabled) continue;
		const module = modules.get(set.module) ?? { name: set.module, version: set.version, types: [] };
		module.types.push(...set.types);
		modules.set(set.module, module);
	}
	return sortPalette([...modules.values()]);
}

/** By name, and each module's types by name: equal palettes are equal text. */
export function sortPalette(palette: PaletteModule[]): PaletteModule[] {
	return palette
		.map((module) => ({ ...module, types: [...new Set(module.types)].sort() }))
		.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export interface FunctionLibrary {
	/** npm name. */
	name: string;
	/** As the function node asks for it: `4`, `^1.2.0`, `1.2.3`; empty where it does not say. */
	wanted: string;
	/** A function node that loads it. */
	nodeId: string;
}

/** The npm modules that function nodes load, each once; Node's own modules are left out. */
export function functionLibraries(nodes: readonly FlowNode[]): FunctionLibrary[] {
	const found = new Map<string, FunctionLibrary>();
	for (const node of nodes) {
		if (node.type !== 'function' || !Array.isArray(node.libs)) continue;
		for (const lib of node.libs as { module?: unknown }[]) {
			if (typeof lib?.module !== 'string' || lib.module === '' || isBuiltin(lib.module)) continue;
			// `name`, then perhaps a path within the module, then perhaps `@range`; the name may begin with the @ of a scope.
			const [, name, wanted = ''] = /^((?:@[^/@]+\/)?[^/@]+)(?:\/[^@]*)?(?:@(.+))?$/.exec(lib.module) ?? [];
			if (name === undefined) continue;
			if (!found.has(name)) found.set(name, { name, wanted, nodeId: node.id });
		}
	}
	return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Those of them that a palette does not have. */
export function missingLibraries(nodes: readonly FlowNode[], palette: readonly PaletteModule[]): FunctionLibrary[] {
	return functionLibraries(nodes).filter(({ name }) => !palette.some((module) => module.name === name));
}
