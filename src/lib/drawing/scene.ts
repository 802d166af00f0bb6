import type { FlowNode } from '../flows/node.ts';
import type { Size } from './geometry.ts';
import type { NodeLook } from './node-look.ts';
import type { Point } from './wire-path.ts';

/** A flow as it is to be drawn: everything that stands in one tab or subflow, with its place. */
export interface Scene {
	/** The tab or subflow; absent for what stands in none. */
	container?: FlowNode;
	title: string;
	kind: 'flow' | 'subflow' | 'homeless' | 'config';
	disabled: boolean;
	nodes: PlacedNode[];
	junctions: PlacedNode[];
	ports: SubflowPort[];
	wires: Wire[];
	/** Outer groups before the groups inside them. */
	groups: GroupBox[];
	/** Below the drawing: config nodes of this flow, and nodes without a place that can be drawn. */
	parked: PlacedNode[];
	/** Where the row of parked nodes begins; the bounds hold it too. */
	parkedTop: number;
	bounds: { x: number; y: number } & Size;
}

export interface PlacedNode extends Point, Size {
	node: FlowNode;
	kind: 'node' | 'junction' | 'config';
	look: Pick<NodeLook, 'colour' | 'glyph' | 'button'>;
	inputs: number;
	outputs: number;
	/** The label's lines. */
	lines: string[];
	hideLabel: boolean;
	/** The icon stands at the right end. */
	iconRight: boolean;
	/** The name is the author's: the editor writes it in italics. */
	named: boolean;
	disabled: boolean;
}

/** The square in a subflow's drawing that stands for one of its ports. */
export interface SubflowPort extends Point {
	kind: 'input' | 'output' | 'status';
	/** From 0. */
	index: number;
	label: string;
}

export interface Wire {
	/** Its ends in words, the same for every drawing of the same wire. */
	key: string;
	from: Point;
	to: Point;
	disabled: boolean;
}

export interface GroupBox extends Point, Size {
	group: FlowNode;
	lines: string[];
}
