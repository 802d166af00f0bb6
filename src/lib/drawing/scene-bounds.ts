import type { PlacedNode, Scene } from './scene.ts';

type Bounds = Scene['bounds'];

/** Room for what sticks out: buttons, badges, halos, wires that go round. */
const MARGIN = 40;
const EMPTY: Bounds = { x: 0, y: 0, w: 640, h: 60 };
const PARK_WIDTH = 900;
const PARK_GAP = 30;
const PARK_ROW = 60;
/** For the line of text above the row. */
const PARK_HEAD = 40;

/** What a drawing covers, with a margin. Wires stay within their ends' surroundings and are not looked at. */
export function findBounds(drawing: Pick<Scene, 'nodes' | 'junctions' | 'ports' | 'groups'>): Bounds {
	let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
	const cover = (x1: number, y1: number, x2: number, y2: number) => {
		left = Math.min(left, x1);
		top = Math.min(top, y1);
		right = Math.max(right, x2);
		bottom = Math.max(bottom, y2);
	};
	for (const { x, y, w, h } of [...drawing.nodes, ...drawing.junctions]) cover(x - w / 2, y - h / 2, x + w / 2, y + h / 2);
	for (const { x, y } of drawing.ports) cover(x - 20, y - 20, x + 20, y + 20);
	for (const { x, y, w, h } of drawing.groups) cover(x, y, x + w, y + h);
	if (left === Infinity) return EMPTY;
	return { x: left - MARGIN, y: top - MARGIN, w: right - left + 2 * MARGIN, h: bottom - top + 2 * MARGIN };
}

/** Lays nodes without a place of their own in rows below a drawing. */
export function parkNodes(nodes: readonly PlacedNode[], drawing: Bounds): { nodes: PlacedNode[]; top: number; bounds: Bounds } {
	const isOnlyRow = drawing === EMPTY;
	const top = isOnlyRow ? drawing.y : drawing.y + drawing.h;
	if (nodes.length === 0) return { nodes: [], top, bounds: drawing };
	const width = Math.max(PARK_WIDTH, drawing.w);
	const start = drawing.x + PARK_GAP;
	let [x, y] = [start, top + PARK_HEAD + PARK_ROW / 2];
	const parked = nodes.map((node) => {
		if (x > start && x + node.w > drawing.x + width) [x, y] = [start, y + PARK_ROW];
		const placed = { ...node, x: x + node.w / 2, y };
		x += node.w + PARK_GAP;
		return placed;
	});
	return { nodes: parked, top, bounds: { x: drawing.x, y: drawing.y, w: width, h: y + PARK_ROW / 2 + 10 - drawing.y } };
}
