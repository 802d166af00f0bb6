import { canonicalJson } from '../canonical.ts';
import type { FlowNode } from '../node.ts';
import type { Names } from './names.ts';
import type { PropertyChange, WiredNode, WireEnd } from './snapshot-diff.ts';

/** An end and what is wired to it: ids, with the output of a node where a subflow's output comes from. */
interface Wires {
	end: WireEnd;
	to: { id: string; output?: number }[];
}

/** What differs in a property that holds wires, end by end; null where it holds none, or the same ones: it is told as a value then. */
export function diffWiring(
	key: string,
	before: FlowNode | null,
	after: FlowNode | null,
	names: { before: Names; after: Names },
): PropertyChange[] | null {
	const earlier = before === null ? [] : wiresIn(key, before);
	const later = after === null ? [] : wiresIn(key, after);
	if (earlier === null || later === null) return null;
	const changes: PropertyChange[] = [];
	const length = Math.max(earlier.length, later.length);
	for (let index = 0; index < length; index++) {
		const old = earlier[index]?.to ?? [];
		const next = later[index]?.to ?? [];
		if (canonicalJson(old) === canonicalJson(next)) continue;
		const { end } = (later[index] ?? earlier[index]) as Wires;
		const gone = missingFrom(old, next).map((wire) => nameWire(wire, names.before));
		const now = missingFrom(next, old).map((wire) => nameWire(wire, names.after));
		changes.push({ kind: 'wiring', property: key, end, gone, now });
	}
	return changes.length > 0 ? changes : null;
}

/** Null where the property does not hold what the editor writes. */
function wiresIn(key: string, node: FlowNode): Wires[] | null {
	const value = node[key];
	if (value === undefined) return [];
	if (node.type === 'subflow') return subflowWires(key, value);
	if (key === 'wires')
		return isList(value, isIds) ? value.map((ids, index) => ({ end: { kind: 'output', number: index + 1 }, to: ids.map(toId) })) : null;
	if (key === 'links' && node.type.startsWith('link ')) return isIds(value) ? [{ end: { kind: 'links' }, to: value.map(toId) }] : null;
	// Without a list these listen to the whole flow, or to their group, which is told as a value.
	if (key === 'scope') return isIds(value) ? [{ end: { kind: 'scope' }, to: value.map(toId) }] : null;
	return null;
}

/** `in` and `out` are lists of ends, `status` is one. Input wires name nodes, the others a node and its output, from 0. */
function subflowWires(key: string, value: unknown): Wires[] | null {
	if (key === 'status') return isEnd(value) ? [{ end: { kind: 'subflow status' }, to: value.wires.map(toSource) }] : null;
	if ((key !== 'in' && key !== 'out') || !isList(value, isEnd)) return null;
	const kind = key === 'in' ? 'subflow input' : 'subflow output';
	return value.map(({ wires }, index) => ({
		end: { kind, number: index + 1 },
		to: wires.map(key === 'in' ? ({ id }) => ({ id }) : toSource),
	}));
}

interface SubflowEnd {
	wires: { id: string; port?: number }[];
}

function isEnd(value: unknown): value is SubflowEnd {
	const wires = (value as SubflowEnd | null)?.wires;
	return Array.isArray(wires) && wires.every((wire) => typeof wire?.id === 'string');
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
	return Array.isArray(value) && value.every(isItem);
}

function isIds(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

function toId(id: string): { id: string } {
	return { id };
}

function toSource({ id, port }: { id: string; port?: number }): { id: string; output?: number } {
	return { id, output: (port ?? 0) + 1 };
}

/** Those of `wires` that are not among `others`; a wire that is there twice counts twice. */
function missingFrom(wires: Wires['to'], others: Wires['to']): Wires['to'] {
	const left = new Map<string, number>();
	for (const wire of others) left.set(canonicalJson(wire), (left.get(canonicalJson(wire)) ?? 0) + 1);
	return wires.filter((wire) => {
		const amount = left.get(canonicalJson(wire)) ?? 0;
		left.set(canonicalJson(wire), amount - 1);
		return amount <= 0;
	});
}

function nameWire({ id, output }: Wires['to'][number], names: Names): WiredNode {
	return { ...names.of(id), ...(output !== undefined && { output }) };
}

/** What else an end of a subflow holds: its place. */
export function withoutWires(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutWires);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'wires'));
}
