import { type ContextUse, contextUsesOf, isSameKey, rootOf } from '../flows/context-use.ts';
import type { FunctionCode } from '../flows/function-code.ts';
import type { FlowNode } from '../flows/node.ts';

/** Who uses which context key, over all running nodes. */
export interface ContextIndex {
	usesOf(node: FlowNode): readonly ContextUse[];
	/** Writes whose new value depends on the old one, and writes of keys that the same node reads. */
	updatesOf(node: FlowNode): ContextUse[];
	/** Plain writes that a running node reads again: what nobody reads does no harm. */
	sharedWritesOf(node: FlowNode): ContextUse[];
}

const anyKey = '\0any';

export function buildContextIndex(running: readonly FlowNode[], codeOf: (node: FlowNode) => FunctionCode): ContextIndex {
	const uses = new Map<string, ContextUse[]>();
	const rootsRead = new Map<string, Set<string>>();
	for (const node of running) {
		const used = contextUsesOf(node, node.type === 'function' ? codeOf(node) : undefined);
		if (used.length === 0) continue;
		uses.set(node.id, used);
		for (const use of used) {
			if (use.kind === 'write' && !use.inPlace) continue;
			for (const place of readPlaces(node, use)) {
				const roots = rootsRead.get(place) ?? new Set();
				roots.add(use.key === null ? anyKey : rootOf(withoutParent(use.key)));
				rootsRead.set(place, roots);
			}
		}
	}
	const usesOf = (node: FlowNode): ContextUse[] => uses.get(node.id) ?? [];
	const isUpdate = (node: FlowNode, use: ContextUse): boolean =>
		use.kind === 'update' || (use.kind === 'write' && (use.inPlace || usesOf(node).some((other) => isReadOf(other, use))));
	const isRead = (node: FlowNode, use: ContextUse): boolean =>
		writePlaces(node, use).some((place) => {
			const roots = rootsRead.get(place);
			if (!roots) return false;
			return use.key === null ? roots.size > 0 : roots.has(anyKey) || roots.has(rootOf(withoutParent(use.key)));
		});
	const changes = (node: FlowNode): ContextUse[] => usesOf(node).filter((use) => use.kind !== 'read' && !use.atStart);
	return {
		usesOf,
		updatesOf: (node) => changes(node).filter((use) => isUpdate(node, use)),
		sharedWritesOf: (node) => changes(node).filter((use) => !isUpdate(node, use) && isRead(node, use)),
	};
}

/** A read of what a write replaces. Two computed keys are taken for one: the code mostly names them by one variable. */
function isReadOf(read: ContextUse, write: ContextUse): boolean {
	if (read.kind !== 'read' || read.atStart || (read.key === null) !== (write.key === null)) return false;
	return read.store === write.store && isSameKey(read, write);
}

const parentPrefix = '$parent.';

function withoutParent(key: string): string {
	return key.startsWith(parentPrefix) ? withoutParent(key.slice(parentPrefix.length)) : key;
}

/** A context is one for all flows, one for each flow, or one for each node; `$parent.` may lead into any flow. */
function readPlaces(node: FlowNode, use: ContextUse): string[] {
	if (use.scope === 'global') return ['global'];
	if (use.scope === 'node') return [`node ${node.id}`];
	return use.key?.startsWith(parentPrefix) ? ['flow any', 'flow parent'] : ['flow any', `flow ${node.z ?? ''}`];
}

function writePlaces(node: FlowNode, use: ContextUse): string[] {
	if (use.scope !== 'flow') return readPlaces(node, use);
	return use.key?.startsWith(parentPrefix) ? ['flow any'] : [`flow ${node.z ?? ''}`, 'flow parent'];
}
