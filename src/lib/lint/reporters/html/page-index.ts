import type { FlowNode } from '../../../flows/node.ts';
import { type Finding, type Severity, severities } from '../../finding.ts';
import type { Scene } from './scene.ts';

/** The hazards of one node. */
export interface Mark {
	/** The gravest of them. */
	severity: Severity;
	count: number;
}

/** What the page's parts know each other by: positions, so that no text of a flow file becomes an id. */
export interface PageIndex {
	marks: ReadonlyMap<string, Mark>;
	/** `node-<position in the file>`; undefined for what is not drawn. */
	anchorOf(nodeId: string): string | undefined;
	/** What the editor writes on a node: its name, or what its settings say. */
	labelOf(nodeId: string): string | undefined;
	/** The number of the drawing that a finding's node is in; undefined where it is in none. */
	sceneOf(finding: Finding): number | undefined;
}

export function indexPage(findings: readonly Finding[], flows: readonly FlowNode[], scenes: readonly Scene[]): PageIndex {
	const positions = new Map(flows.map(({ id }, position) => [id, position]));
	const labels = new Map<string, string>();
	const sceneNumbers = new Map<string, number>();
	for (const [number, { container, nodes, junctions, parked, groups }] of scenes.entries()) {
		if (container) sceneNumbers.set(container.id, number);
		for (const { group } of groups) sceneNumbers.set(group.id, number);
		for (const { node, lines } of [nodes, junctions, parked].flat()) {
			sceneNumbers.set(node.id, number);
			labels.set(node.id, lines.join(' '));
		}
	}
	return {
		marks: markNodes(findings),
		anchorOf: (id) => {
			const position = positions.get(id);
			return position === undefined || !sceneNumbers.has(id) ? undefined : `node-${position}`;
		},
		labelOf: (id) => labels.get(id),
		sceneOf: ({ nodeId, flowId }) => sceneNumbers.get(nodeId) ?? sceneNumbers.get(flowId ?? ''),
	};
}

function markNodes(findings: readonly Finding[]): Map<string, Mark> {
	const marks = new Map<string, Mark>();
	for (const { nodeId, severity } of findings) {
		const known = marks.get(nodeId);
		if (known) {
			known.count++;
			if (severities.indexOf(severity) < severities.indexOf(known.severity)) known.severity = severity;
		} else marks.set(nodeId, { severity, count: 1 });
	}
	return marks;
}
