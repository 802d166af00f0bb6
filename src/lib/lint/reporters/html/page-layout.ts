import { buildScenes } from '../../../drawing/build-scenes.ts';
import type { Dress, Mark } from '../../../drawing/dress.ts';
import type { Scene } from '../../../drawing/scene.ts';
import type { FlowNode } from '../../../flows/node.ts';
import { type Finding, type Severity, severities } from '../../finding.ts';

/** One flow file. */
export interface ReportInput {
	origin: string;
	flows: readonly FlowNode[];
	findings: readonly Finding[];
}

/** What goes where on the page. Its parts know each other by positions, so that no text of a flow file becomes an id. */
export interface PageLayout {
	/** In the order of the page; a drawing's number is its index. */
	drawings: Drawing[];
	whereabouts: ReadonlyMap<Finding, Whereabouts>;
}

export interface Drawing extends NodeIndex {
	scene: Scene;
	/** The flow's name; with the file's where there are several. */
	title: string;
	/** Those at the drawing's nodes and at the flow itself. */
	findings: Finding[];
}

/** Anchors are `node-<number>`, marks are the findings of a node. */
export interface NodeIndex extends Dress {
	/** What the editor writes on a node: its name, or what its settings say. Undefined for flows, groups, and what is not drawn. */
	labelOf(nodeId: string): string | undefined;
}

/** Where a finding's node is. */
export interface Whereabouts {
	/** Undefined where it is not drawn. */
	drawing: number | undefined;
	/** Of the nodes of its file. */
	index: NodeIndex;
}

export function layOutPage(inputs: readonly ReportInput[]): PageLayout {
	const drawings: Drawing[] = [];
	const whereabouts = new Map<Finding, Whereabouts>();
	let nodesBefore = 0;
	for (const { origin, flows, findings } of inputs) {
		const first = drawings.length;
		const scenes = buildScenes(flows);
		const places = findPlaces(scenes, first);
		const positions = new Map(flows.map(({ id }, position) => [id, nodesBefore + position]));
		nodesBefore += flows.length;
		const index: NodeIndex = {
			marks: markNodes(findings),
			anchorOf: (id) => (places.has(id) ? `node-${positions.get(id)}` : undefined),
			labelOf: (id) => places.get(id)?.label,
		};
		for (const scene of scenes) {
			drawings.push({ ...index, scene, title: inputs.length === 1 ? scene.title : `${scene.title} (${origin})`, findings: [] });
		}
		for (const finding of findings) {
			const { drawing } = places.get(finding.nodeId) ?? places.get(finding.flowId ?? '') ?? {};
			whereabouts.set(finding, { drawing, index });
			if (drawing !== undefined) drawings[drawing]?.findings.push(finding);
		}
	}
	return { drawings, whereabouts };
}

/** By the ids of nodes, groups, flows and subflows: the number of the drawing, and the label. */
function findPlaces(scenes: readonly Scene[], first: number): Map<string, { drawing: number; label?: string }> {
	const places = new Map<string, { drawing: number; label?: string }>();
	for (const [position, { container, nodes, junctions, parked, groups }] of scenes.entries()) {
		const drawing = first + position;
		if (container) places.set(container.id, { drawing });
		for (const { group } of groups) places.set(group.id, { drawing });
		for (const { node, lines } of [nodes, junctions, parked].flat()) places.set(node.id, { drawing, label: lines.join(' ') });
	}
	return places;
}

/** In the colour of the gravest finding, with their number. */
function markNodes(findings: readonly Finding[]): Map<string, Mark> {
	const graves = new Map<string, { gravest: Severity; count: number }>();
	for (const { nodeId, severity } of findings) {
		const known = graves.get(nodeId);
		if (known) {
			known.count++;
			if (severities.indexOf(severity) < severities.indexOf(known.gravest)) known.gravest = severity;
		} else graves.set(nodeId, { gravest: severity, count: 1 });
	}
	return new Map(
		Array.from(graves, ([id, { gravest, count }]) => {
			const says = `${count} ${count === 1 ? 'finding' : 'findings'}, gravest: ${gravest}`;
			return [id, { tone: gravest, badge: count > 99 ? '99+' : String(count), says }];
		}),
	);
}
