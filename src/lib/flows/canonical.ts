import { createHash } from 'node:crypto';
import type { FlowNode } from './node.ts';

/** Keys that a reader looks for first; the others follow by name. */
const leadingKeys = ['id', 'type', 'z', 'name', 'label'];

/**
 * Flows in the one form that content addressing uses: tabs in their given order (it is what the editor shows), then subflows,
 * then everything else by id; keys in a fixed order at every depth. Arrays keep their order and nothing is left out.
 */
export function canonicalFlows(nodes: readonly FlowNode[]): FlowNode[] {
	const tabs = nodes.filter((node) => node.type === 'tab');
	const subflows = nodes.filter((node) => node.type === 'subflow').sort(byId);
	const others = nodes.filter((node) => node.type !== 'tab' && node.type !== 'subflow').sort(byId);
	return [...tabs, ...subflows, ...others].map((node) => sortKeys(node, compareNodeKeys) as FlowNode);
}

/** JSON without whitespace and with keys by name at every depth: equal values give equal text. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(sortKeys(value, compareText));
}

/** The sha256 of a value's canonical JSON, as 64 hex digits: equal values, equal digest. */
export function canonicalDigest(value: unknown): string {
	return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function sortKeys(value: unknown, compare: (a: string, b: string) => number): unknown {
	if (Array.isArray(value)) return value.map((item) => sortKeys(item, compareText));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
	// fromEntries defines properties, so that even a key named __proto__ stays a key.
	return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item, compareText)]));
}

function compareNodeKeys(a: string, b: string): number {
	return rankOf(a) - rankOf(b) || compareText(a, b);
}

function rankOf(key: string): number {
	const rank = leadingKeys.indexOf(key);
	return rank === -1 ? leadingKeys.length : rank;
}

function byId(a: FlowNode, b: FlowNode): number {
	return compareText(a.id, b.id);
}

/** By code unit: the order must not depend on a locale. */
function compareText(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
