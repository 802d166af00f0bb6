import { isConfigNode } from '../flows/activity.ts';
import type { FlowNode } from '../flows/node.ts';
import { textOf } from './escape.ts';
import { placeGroups } from './group-box.ts';
import { hasPlace, placeNode, type Surroundings } from './place-node.ts';
import type { PlacedNode, Scene } from './scene.ts';
import { findBounds, parkNodes } from './scene-bounds.ts';
import { placePorts } from './subflow-ports.ts';
import { drawnWires, wiresOf } from './wires.ts';

/**
 * What is to be drawn, in the order of the file: each flow, then each subflow's definition, then what stands in no flow,
 * then the config nodes of all flows. Takes time linear in nodes and wires.
 */
export function buildScenes(flows: readonly FlowNode[]): Scene[] {
	const byId = new Map(flows.map((node) => [node.id, node]));
	const wiredTo = new Set(flows.flatMap((node) => wiresOf(node).flat()));
	const around: Surroundings = { find: (id) => byId.get(textOf(id)), isWiredTo: (id) => wiredTo.has(id) };

	const members = new Map<string, FlowNode[]>();
	const containers = flows.filter(({ type }) => type === 'tab' || type === 'subflow');
	for (const { id } of containers) members.set(id, []);
	const homeless: FlowNode[] = [];
	const config: FlowNode[] = [];
	for (const node of flows) {
		if (node.type === 'tab' || node.type === 'subflow') continue;
		(members.get(textOf(node.z)) ?? (isConfigNode(node) ? config : homeless)).push(node);
	}

	const scenes = containers
		.toSorted((a, b) => Number(a.type === 'subflow') - Number(b.type === 'subflow'))
		.map((container) => {
			const isFlow = container.type === 'tab';
			const title = textOf(isFlow ? container.label : container.name) || container.id;
			const disabled = isFlow && container.disabled === true;
			return buildScene({ container, title, kind: isFlow ? 'flow' : 'subflow', disabled }, members.get(container.id) ?? [], around);
		});
	if (homeless.length > 0) {
		scenes.push(buildScene({ title: 'In no flow of this file', kind: 'homeless', disabled: false }, homeless, around));
	}
	if (config.length > 0) {
		scenes.push(buildScene({ title: 'Config nodes of all flows', kind: 'config', disabled: false }, config, around));
	}
	return scenes;
}

function buildScene(
	about: Pick<Scene, 'container' | 'title' | 'kind' | 'disabled'>,
	members: readonly FlowNode[],
	around: Surroundings,
): Scene {
	const placed = new Map<string, PlacedNode>();
	const parked: PlacedNode[] = [];
	const groups: FlowNode[] = [];
	for (const node of members) {
		if (node.type === 'group') groups.push(node);
		else if (hasPlace(node)) placed.set(node.id, placeNode(node, around));
		else parked.push(placeNode(node, around));
	}
	const all = [...placed.values()];
	const ports = about.container?.type === 'subflow' ? placePorts(about.container) : [];
	const drawing = {
		...about,
		nodes: all.filter(({ kind }) => kind !== 'junction'),
		junctions: all.filter(({ kind }) => kind === 'junction'),
		ports,
		wires: drawnWires(all, ports, placed, about.container),
		groups: placeGroups(groups, placed),
	};
	const bounds = findBounds(drawing);
	const row = parkNodes(parked, bounds);
	return { ...drawing, parked: row.nodes, parkedTop: row.top, bounds: row.bounds };
}
