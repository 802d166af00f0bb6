import { buildScenes } from '../../drawing/build-scenes.ts';
import type { Dress, Mark } from '../../drawing/dress.ts';
import type { Scene } from '../../drawing/scene.ts';
import type { FlowDiff, NodeDiff } from '../../flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../flows/node.ts';

/** A flow that differs, as it is drawn before and after; null on the side where it is not. */
export interface FlowPair {
	title: string;
	/** Of the flow in the diff; for what stands on no flow there may be two drawings of one. */
	diff: FlowDiff;
	before: Drawn | null;
	after: Drawn | null;
	/** The entries of the list that belong here. */
	nodes: NodeDiff[];
}

export interface Drawn {
	scene: Scene;
	dress: Dress;
}

const marks: Record<NodeDiff['kind'], Mark> = {
	added: { tone: 'added', badge: '+', says: 'added' },
	removed: { tone: 'removed', badge: '−', says: 'removed' },
	changed: { tone: 'changed', badge: '~', says: 'changed' },
};

/** The flows of a diff with their drawings. @param flows whatever may be shown of both sides */
export function pairDrawings(diffs: readonly FlowDiff[], flows: { before: readonly FlowNode[]; after: readonly FlowNode[] }): FlowPair[] {
	const [before, after] = [scenesOf(flows.before), scenesOf(flows.after)];
	const anchors = { before: anchorsFor(flows.before, 'b'), after: anchorsFor(flows.after, 'a') };
	return diffs.flatMap((diff) => {
		const keys = diff.flow === null ? ['homeless', 'config'] : [diff.flow.id];
		return keys.flatMap((key) => {
			const scenes = { before: before.get(key) ?? null, after: after.get(key) ?? null };
			const drawn = new Set([...idsOf(scenes.before), ...idsOf(scenes.after)]);
			const nodes = diff.flow === null ? diff.nodes.filter(({ node }) => drawn.has(node.id)) : diff.nodes;
			if (diff.flow === null && nodes.length === 0) return [];
			return [pairOf(diff, nodes, scenes, anchors)];
		});
	});
}

function pairOf(
	diff: FlowDiff,
	nodes: NodeDiff[],
	scenes: { before: Scene | null; after: Scene | null },
	anchors: { before: Dress['anchorOf']; after: Dress['anchorOf'] },
): FlowPair {
	const wires = { before: wireKeys(scenes.before), after: wireKeys(scenes.after) };
	const both = scenes.before && scenes.after;
	const bounds = both ? union(both.bounds, (scenes.before as Scene).bounds) : null;
	const dressed = (side: 'before' | 'after', scene: Scene | null): Drawn | null => {
		if (scene === null) return null;
		const other = side === 'before' ? 'after' : 'before';
		const absent = side === 'before' ? 'added' : 'removed';
		const tone = side === 'before' ? 'removed' : 'added';
		const drawn = new Set(idsOf(scene));
		const dress: Dress = {
			marks: new Map(nodes.filter(({ kind }) => kind !== absent).map(({ kind, node }) => [node.id, marks[kind]])),
			anchorOf: (id) => (drawn.has(id) ? anchors[side](id) : undefined),
			wireClasses: new Map([...wires[side]].filter((key) => !wires[other].has(key)).map((key) => [key, tone])),
		};
		return { scene: bounds ? { ...scene, bounds } : scene, dress };
	};
	const title = (scenes.after ?? scenes.before)?.title ?? diff.flow?.name ?? 'On no flow';
	return { title, diff, nodes, before: dressed('before', scenes.before), after: dressed('after', scenes.after) };
}

/** By the id of the tab or subflow; by kind for what stands on none. */
function scenesOf(flows: readonly FlowNode[]): Map<string, Scene> {
	return new Map(buildScenes(flows).map((scene) => [scene.container?.id ?? scene.kind, scene]));
}

function idsOf(scene: Scene | null): string[] {
	if (scene === null) return [];
	const { nodes, junctions, parked, groups } = scene;
	return [...[nodes, junctions, parked].flat().map(({ node }) => node.id), ...groups.map(({ group }) => group.id)];
}

function wireKeys(scene: Scene | null): Set<string> {
	return new Set(scene?.wires.map(({ key }) => key));
}

/** Numbers, so that no text of the flows becomes an id of the page. */
function anchorsFor(flows: readonly FlowNode[], side: string): Dress['anchorOf'] {
	const positions = new Map(flows.map(({ id }, position) => [id, position]));
	return (id) => `${side}-${positions.get(id)}`;
}

/** What both cover: drawn so, what did not move stands at the same place. */
function union(a: Scene['bounds'], b: Scene['bounds']): Scene['bounds'] {
	const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
	return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}
