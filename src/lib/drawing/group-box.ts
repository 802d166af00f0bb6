import type { FlowNode } from '../flows/node.ts';
import { textOf } from './escape.ts';
import { splitLabel } from './geometry.ts';
import { hasPlace } from './place-node.ts';
import type { GroupBox, PlacedNode } from './scene.ts';
import { measureText } from './text-width.ts';

/** What the editor leaves between a group's edge and what is in it. */
const MARGIN = 26;
/** What a node's button takes beside it. */
const BUTTON = 20;
const LABEL_LINE = 16;
const EMPTY = 40;

interface Edges {
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/**
 * The boxes of a flow's groups, outer before inner. As in the editor, a box goes round what is in it, whatever size the
 * file has. An empty group is a small box at its place. Groups may be listed in any order, or contain themselves.
 */
export function placeGroups(groups: readonly FlowNode[], placed: ReadonlyMap<string, PlacedNode>): GroupBox[] {
	const byId = new Map(groups.map((group) => [group.id, group]));
	const parents = new Map(groups.map((group) => [group.id, byId.get(textOf(group.g))]));
	const depths = new Map<string, number>();
	for (const group of groups) measureDepth(group, parents, depths);
	const innerFirst = groups.toSorted((a, b) => (depths.get(b.id) ?? 0) - (depths.get(a.id) ?? 0));

	const edges = new Map<string, Edges>();
	for (const node of placed.values()) {
		const group = textOf(node.node.g);
		if (byId.has(group)) extend(edges, group, nodeEdges(node));
	}
	const boxes: GroupBox[] = [];
	for (const group of innerFirst) {
		const around = edges.get(group.id) ?? emptyEdges(group);
		if (around === undefined) continue;
		const box = toBox(group, around);
		boxes.push(box);
		const parent = parents.get(group.id);
		// Not up again: a group in a cycle of groups has no depth that is less.
		if (parent && (depths.get(parent.id) ?? 0) < (depths.get(group.id) ?? 0)) {
			extend(edges, parent.id, { left: box.x, top: box.y, right: box.x + box.w, bottom: box.y + box.h });
		}
	}
	return boxes.reverse();
}

function measureDepth(group: FlowNode, parents: ReadonlyMap<string, FlowNode | undefined>, depths: Map<string, number>): void {
	const path: FlowNode[] = [];
	const seen = new Set<string>();
	let above: FlowNode | undefined = group;
	while (above && !depths.has(above.id) && !seen.has(above.id)) {
		path.push(above);
		seen.add(above.id);
		above = parents.get(above.id);
	}
	let depth = above ? (depths.get(above.id) ?? -1) : -1;
	for (const one of path.reverse()) depths.set(one.id, ++depth);
}

function nodeEdges({ x, y, w, h, look, iconRight }: PlacedNode): Edges {
	return {
		left: x - w / 2 - (look.button && !iconRight ? BUTTON : 0),
		top: y - h / 2,
		right: x + w / 2 + (look.button && iconRight ? BUTTON : 0),
		bottom: y + h / 2,
	};
}

function emptyEdges(group: FlowNode): Edges | undefined {
	if (!hasPlace(group)) return undefined;
	const [left, top] = [Number(group.x), Number(group.y)];
	return { left, top, right: left + EMPTY, bottom: top + EMPTY };
}

function extend(edges: Map<string, Edges>, group: string, { left, top, right, bottom }: Edges): void {
	const known = edges.get(group);
	edges.set(group, {
		left: Math.min(known?.left ?? left - MARGIN, left - MARGIN),
		top: Math.min(known?.top ?? top - MARGIN, top - MARGIN),
		right: Math.max(known?.right ?? right + MARGIN, right + MARGIN),
		bottom: Math.max(known?.bottom ?? bottom + MARGIN, bottom + MARGIN),
	});
}

function toBox(group: FlowNode, { left, top, right, bottom }: Edges): GroupBox {
	const style = Object(group.style);
	const name = textOf(group.name).slice(0, 200);
	const lines = style.label === true && name !== '' ? splitLabel(name) : [];
	const widest = lines.length > 0 ? Math.max(...lines.map((line) => measureText(line))) + 8 : EMPTY;
	const atBottom = textOf(style['label-position']).startsWith('s');
	const more = lines.length > 0 ? (lines.length - 1) * LABEL_LINE + (atBottom ? 8 : 0) : 0;
	return { group, lines, x: left, y: atBottom ? top : top - more, w: Math.max(widest, right - left), h: bottom - top + more };
}
