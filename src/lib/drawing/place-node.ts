import { isConfigNode, subflowOf } from '../flows/activity.ts';
import type { FlowNode } from '../flows/node.ts';
import { colourOr } from './colour.ts';
import { textOf } from './escape.ts';
import { nodeSize, splitLabel } from './geometry.ts';
import { configLabel, nodeLabel } from './node-label.ts';
import { configLook, contributedLook, coreLook, subflowLook, variableInputs, variableOutputs } from './node-look.ts';
import type { PlacedNode } from './scene.ts';

/** What drawing a node needs to know of the others. */
export interface Surroundings {
	find(id: unknown): FlowNode | undefined;
	/** Whether any wire of the file leads to a node. */
	isWiredTo(id: string): boolean;
}

/** Beyond this no editor's canvas reaches, and no browser draws well. */
const FARTHEST = 20_000;
/** More ports than any node has; a file may claim any number. */
const MOST_PORTS = 100;

/** A node with its size, at its own place or, where it has none that can be drawn, at 0, 0: `hasPlace` tells. */
export function placeNode(node: FlowNode, around: Surroundings): PlacedNode {
	const hasOwnPlace = hasPlace(node);
	const at = { x: hasOwnPlace ? Number(node.x) : 0, y: hasOwnPlace ? Number(node.y) : 0 };
	const common = { node, ...at, disabled: node.d === true, named: textOf(node.name) !== '' };
	if (node.type === 'junction') return { ...common, ...junction };
	if (isConfigNode(node)) {
		const lines = [configLabel(node)];
		const ports = { inputs: 0, outputs: 0 };
		return {
			...common,
			...ports,
			...nodeSize(lines, ports, false),
			kind: 'config',
			look: configLook,
			lines,
			hideLabel: false,
			iconRight: false,
		};
	}
	const { look, inputs, outputs, right } = lookOf(node, around);
	const ports = { inputs, outputs };
	const hideLabel = typeof node.l === 'boolean' ? !node.l : node.type === 'link in' || node.type === 'link out';
	const lines = splitLabel(labelOf(node, around));
	return {
		...common,
		...ports,
		...nodeSize(lines, ports, hideLabel),
		kind: 'node',
		look,
		lines,
		hideLabel,
		iconRight: right ?? (inputs > 0 && outputs === 0),
	};
}

export function hasPlace(node: FlowNode): boolean {
	return [node.x, node.y].every((value) => typeof value === 'number' && Math.abs(value) <= FARTHEST);
}

const junction = {
	kind: 'junction',
	look: contributedLook,
	inputs: 1,
	outputs: 1,
	w: 0,
	h: 0,
	lines: [],
	hideLabel: true,
	iconRight: false,
} satisfies Partial<PlacedNode>;

interface Appearance {
	look: PlacedNode['look'];
	inputs: number;
	outputs: number;
	right?: boolean | undefined;
}

function lookOf(node: FlowNode, { find, isWiredTo }: Surroundings): Appearance {
	const wired = Array.isArray(node.wires) ? Math.min(node.wires.length, MOST_PORTS) : 0;
	const core = coreLook(node.type);
	if (core) {
		return {
			look: node.type === 'link out' && node.mode === 'return' ? { ...core, glyph: 'link-call' } : core,
			inputs: variableInputs.has(node.type) ? portsOf(node.inputs, core.inputs) : core.inputs,
			outputs: variableOutputs.has(node.type) ? portsOf(node.outputs, wired || core.outputs) : core.outputs,
			right: core.right,
		};
	}
	const subflow = find(subflowOf(node) ?? '');
	if (subflow?.type === 'subflow') {
		return {
			look: { ...subflowLook, colour: colourOr(subflow.color, subflowLook.colour) },
			inputs: portsOf(Array.isArray(subflow.in) ? subflow.in.length : 0, 0),
			outputs: portsOf(Array.isArray(subflow.out) ? subflow.out.length : 0, 0),
			right: false,
		};
	}
	// Only the module's own editor code knows; what the flow does with the node comes close.
	const outputs = portsOf(node.outputs, wired);
	return { look: contributedLook, inputs: portsOf(node.inputs, isWiredTo(node.id) || outputs === 0 ? 1 : 0), outputs };
}

function labelOf(node: FlowNode, { find }: Surroundings): string {
	const subflow = find(subflowOf(node) ?? '');
	return nodeLabel(subflow && textOf(node.name) === '' ? { ...node, name: textOf(subflow.name) || 'subflow' } : node, find);
}

function portsOf(value: unknown, otherwise: number): number {
	const count = Number.parseInt(textOf(value), 10);
	return count >= 0 ? Math.min(count, MOST_PORTS) : otherwise;
}
