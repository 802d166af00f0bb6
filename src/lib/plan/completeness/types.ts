import { isContainer, subflowOf } from '../../flows/activity.ts';
import type { FlowGraph } from '../../flows/model.ts';
import type { FlowNode } from '../../flows/node.ts';
import { findKnowledge } from '../../lint/catalogue/index.ts';
import { findType, type Palette } from '../../lint/palette.ts';
import type { PaletteModule } from '../../snapshot/snapshot.ts';
import { type Lack, listNodes, nameOf, type Provisions } from './lack.ts';

/**
 * Node types that neither the core nor the snapshot's palette brings. Node-RED asks for the types of all nodes, disabled ones too,
 * and starts none of the flows while one is missing (`updateMissingTypes`, @node-red/runtime, lib/flows/index.js).
 */
export function lacksOfTypes({ nodes, byId }: FlowGraph, modules: readonly PaletteModule[], { ownSettings }: Provisions): Lack[] {
	const palette = paletteOf(modules, librariesOf(nodes));
	const lacks: Lack[] = [];
	for (const [type, users] of Map.groupBy(
		nodes.filter((node) => !isContainer(node)),
		(node) => node.type,
	)) {
		const subflow = subflowOf(users[0] as FlowNode);
		if (subflow !== null) {
			if (byId.get(subflow)?.type !== 'subflow') lacks.push(missingSubflow(subflow, users));
			continue;
		}
		const found = findType(palette, type, findKnowledge(type));
		if (found !== 'there') lacks.push(missingType(type, users, found === 'missing' && !ownSettings));
	}
	return lacks;
}

function missingType(type: string, users: readonly FlowNode[], isCertain: boolean): Lack {
	const names = users.map(nameOf);
	const known = findKnowledge(type)?.module;
	// Some entries of the catalogue are for many modules.
	const module = known !== undefined && /^[^\s*]+$/.test(known) ? known : null;
	return {
		kind: 'type',
		certainty: isCertain ? 'certain' : 'likely',
		nodes: names,
		message: `no module of the snapshot's palette brings the type '${type}' (${listNodes(names)})${module ? `, which is known from ${module}` : ''}: without it Node-RED starts none of the flows`,
		remedy: module
			? `install ${module} where the flows are developed, or remove the nodes; disabled ones count too`
			: 'install the module that brings it where the flows are developed, or remove the nodes; disabled ones count too',
	};
}

function missingSubflow(subflow: string, users: readonly FlowNode[]): Lack {
	const names = users.map(nameOf);
	return {
		kind: 'type',
		certainty: 'certain',
		nodes: names,
		message: `the subflow ${subflow} of ${listNodes(names)} is not among the flows: without it Node-RED starts none of them`,
		remedy: 'import the subflow, or remove its instances',
	};
}

/** A module without types is one that Node-RED had not loaded when the snapshot was taken, or of which a repository tells none. */
function paletteOf(modules: readonly PaletteModule[], libraries: ReadonlySet<string>): Palette {
	return {
		origin: 'the snapshot',
		isLocked: true,
		modules: modules.map(({ name, version, types }) => ({
			name,
			wanted: version,
			types: types.length === 0 && !libraries.has(name) ? null : types,
		})),
	};
}

/** What function nodes load. */
function librariesOf(nodes: readonly FlowNode[]): Set<string> {
	const modules = nodes.flatMap(({ libs }) => (Array.isArray(libs) ? libs.map((lib) => String(Object(lib).module)) : []));
	return new Set(modules.map((module) => /^(?:@[^/@]+\/)?[^/@]+/.exec(module)?.[0] ?? module));
}
