import { type ContextUse, contextUsesOf, isSameKey, rootOf } from '../flows/context-use.ts';
import type { FunctionCode } from '../flows/function-code.ts';
import type { FlowNode } from '../flows/node.ts';
import { anyKey, readPlaces, withoutParent, writePlaces } from './context-places.ts';

/** A use, and the node that it is in. */
export interface PlacedUse {
	node: FlowNode;
	use: ContextUse;
}

/** Who uses which context key, over all running nodes. */
export interface ContextIndex {
	/** The nodes that use any context. */
	users: readonly FlowNode[];
	usesOf(node: FlowNode): readonly ContextUse[];
	/** Writes whose new value depends on the old one, and writes of keys that the same node reads. */
	updatesOf(node: FlowNode): ContextUse[];
	/** Plain writes that a running node reads again: what nobody reads does no harm. */
	sharedWritesOf(node: FlowNode): ContextUse[];
	/** Reads of what a write writes, changes inside an object that was read among them. */
	readersOf(node: FlowNode, write: ContextUse): PlacedUse[];
	/** Writes of what a read reads. */
	writersOf(node: FlowNode, read: ContextUse): PlacedUse[];
	/** Whether a write is of the kind that depends on the old value. */
	isUpdate(node: FlowNode, use: ContextUse): boolean;
}

type ByRoot = Map<string, PlacedUse[]>;

interface Surroundings {
	/** Messages come to it, so that what it reads counts. */
	isReached(node: FlowNode): boolean;
	/** A written key serves nothing but the message that is on its way; see `findPrivateKeys`. */
	isPrivate(index: ContextIndex, node: FlowNode, use: ContextUse): boolean;
}

export function buildContextIndex(
	running: readonly FlowNode[],
	codeOf: (node: FlowNode) => FunctionCode,
	{ isReached, isPrivate }: Surroundings,
): ContextIndex {
	const uses = new Map<string, ContextUse[]>();
	const users: FlowNode[] = [];
	const reads = new Map<string, ByRoot>();
	const writes = new Map<string, ByRoot>();
	for (const node of running) {
		const used = contextUsesOf(node, node.type === 'function' ? codeOf(node) : undefined);
		if (used.length === 0) continue;
		uses.set(node.id, used);
		users.push(node);
		for (const use of used) {
			if (use.kind !== 'write' || use.inPlace) for (const place of readPlaces(node, use)) add(reads, place, node, use);
			if (use.kind !== 'read') for (const place of writePlaces(node, use)) add(writes, place, node, use);
		}
	}
	const usesOf = (node: FlowNode): readonly ContextUse[] => uses.get(node.id) ?? noUses;
	const isRead = (node: FlowNode, use: ContextUse): boolean =>
		index.readersOf(node, use).some((reader) => reader.use.atStart || isReached(reader.node));
	const changes = (node: FlowNode): ContextUse[] => usesOf(node).filter((use) => use.kind !== 'read' && !use.atStart);
	const index: ContextIndex = {
		users,
		usesOf,
		isUpdate: (node, use) =>
			use.kind === 'update' || (use.kind === 'write' && (use.inPlace || usesOf(node).some((other) => isReadOf(other, use)))),
		readersOf: (node, write) => collect(reads, writePlaces(node, write), write),
		writersOf: (node, read) => collect(writes, readPlaces(node, read), read),
		updatesOf: (node) => changes(node).filter((use) => index.isUpdate(node, use) && !isPrivate(index, node, use)),
		sharedWritesOf: (node) =>
			changes(node).filter((use) => !index.isUpdate(node, use) && isRead(node, use) && !isPrivate(index, node, use)),
	};
	return index;
}

function add(index: Map<string, ByRoot>, place: string, node: FlowNode, use: ContextUse): void {
	const byRoot = index.get(place) ?? new Map<string, PlacedUse[]>();
	index.set(place, byRoot);
	const root = use.key === null ? anyKey : rootOf(withoutParent(use.key));
	const known = byRoot.get(root);
	if (known) known.push({ node, use });
	else byRoot.set(root, [{ node, use }]);
}

const nobody: readonly PlacedUse[] = [];
const noUses: readonly ContextUse[] = [];

/** Uses of the same key, those of computed keys among them; all uses for a computed key. */
function collect(index: ReadonlyMap<string, ByRoot>, places: readonly string[], use: ContextUse): PlacedUse[] {
	return places.flatMap((place) => {
		const byRoot = index.get(place);
		if (!byRoot) return [];
		if (use.key === null) return [...byRoot.values()].flat();
		const near = byRoot.get(rootOf(withoutParent(use.key))) ?? nobody;
		return [...near.filter((other) => touches(other.use, use)), ...(byRoot.get(anyKey) ?? nobody)];
	});
}

/** The same key, or one inside the other; `$parent.` aside, which only says where the key is looked for. */
function touches(a: ContextUse, b: ContextUse): boolean {
	const bare = (use: ContextUse): ContextUse => (use.key?.startsWith('$parent.') ? { ...use, key: withoutParent(use.key) } : use);
	return isSameKey(bare(a), bare(b));
}

/** A read of what a write replaces. Two computed keys are taken for one: the code mostly names them by one variable. */
function isReadOf(read: ContextUse, write: ContextUse): boolean {
	if (read.kind !== 'read' || read.atStart || (read.key === null) !== (write.key === null)) return false;
	return read.store === write.store && isSameKey(read, write);
}
