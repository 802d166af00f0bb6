import { type ContextUse, rootOf } from '../flows/context-use.ts';
import type { ReverseEdges } from '../flows/lead.ts';
import type { FlowNode } from '../flows/node.ts';
import type { ContextIndex, PlacedUse } from './context-index.ts';
import { writePlaces } from './context-places.ts';

/** How far back a search goes before it gives up and takes the key for shared; keeps large flows linear. */
const searchLimit = 400;

export interface Surroundings {
	comesFrom: ReverseEdges;
	byId: ReadonlyMap<string, FlowNode>;
	isSource(node: FlowNode): boolean;
	isReached(node: FlowNode): boolean;
}

type PrivateKeys = (index: ContextIndex, node: FlowNode, use: ContextUse) => boolean;

/**
 * Keys that carry a value no further than the message that set it: whoever reads one comes after a node that has just written it,
 * on every way from every source. Such a value is no state: the next message writes its own, in whatever instance.
 */
export function findPrivateKeys(surroundings: Surroundings): PrivateKeys {
	const known = new Map<string, boolean>();
	return (index, node, use) => {
		if (use.key === null || use.store !== null || use.scope === 'node' || use.key.startsWith('$parent.')) return false;
		const key = `${writePlaces(node, use)[0]}\0${rootOf(use.key)}`;
		const before = known.get(key);
		if (before !== undefined) return before;
		const result = isPrivate(index, node, use, surroundings);
		known.set(key, result);
		return result;
	};
}

function isPrivate(index: ContextIndex, node: FlowNode, use: ContextUse, surroundings: Surroundings): boolean {
	const root: ContextUse = { ...use, key: rootOf(use.key as string) };
	const readers = index.readersOf(node, root).filter((reader) => surroundings.isReached(reader.node));
	if (readers.some((reader) => reader.use.key === null || reader.use.atStart || surroundings.isSource(reader.node))) return false;
	const written = index.writersOf(node, root).filter((writer) => setsAnew(index, writer, root));
	const barriers = new Set(written.map((writer) => writer.node.id));
	if (barriers.size === 0) return false;
	const visited = new Set<string>();
	const pending = readers.filter((reader) => !barriers.has(reader.node.id)).map((reader) => reader.node.id);
	for (let vertex = pending.pop(); vertex !== undefined; vertex = pending.pop()) {
		for (const from of surroundings.comesFrom.get(vertex) ?? []) {
			if (barriers.has(from) || visited.has(from)) continue;
			const before = surroundings.byId.get(from);
			if (before && surroundings.isSource(before)) return false;
			visited.add(from);
			if (visited.size > searchLimit) return false;
			pending.push(from);
		}
	}
	return true;
}

/** A write of the whole value that happens for each message and does not look at the old one. */
function setsAnew(index: ContextIndex, { node, use }: PlacedUse, root: ContextUse): boolean {
	return use.key === root.key && use.kind === 'write' && !use.conditional && !use.inPlace && !use.atStart && !index.isUpdate(node, use);
}
