import { canonicalJson } from '../canonical.ts';
import { analyseFunction } from '../function-code.ts';
import type { FlowNode } from '../node.ts';
import { toText } from '../scalar.ts';
import type { ScriptName } from '../script.ts';
import type { Names } from './names.ts';
import { isLayout, type NodePair } from './pairs.ts';
import type { DiffOptions, PropertyChange } from './snapshot-diff.ts';
import { diffProperty, type ValueSetting } from './values.ts';
import { diffWiring, withoutWires } from './wiring.ts';

type BothNames = { before: Names; after: Names };

/** What differs between the two forms of a node, property by property. */
export function diffChanged(
	{ before, after, keys }: Extract<NodePair, { kind: 'changed' }>,
	names: BothNames,
	{ layout }: DiffOptions,
): PropertyChange[] {
	const setting = settingFor(before, after, names);
	return keys.flatMap((key): PropertyChange[] => {
		if (key === 'z') return [{ kind: 'move', before: named(before.z, names.before), after: named(after.z, names.after) }];
		if (key === 'g') return [{ kind: 'group', before: named(before.g, names.before), after: named(after.g, names.after) }];
		const wiring = diffWiring(key, before, after, names);
		if (wiring === null) return diffProperty(key, before, after, setting);
		return layout && after.type === 'subflow' ? [...wiring, ...diffPlaces(key, before, after, setting)] : wiring;
	});
}

/** Of the ends of a subflow, beside what they are wired to. */
function diffPlaces(key: string, before: FlowNode, after: FlowNode, setting: ValueSetting): PropertyChange[] {
	const [old, next] = [{ [key]: withoutWires(before[key]) }, { [key]: withoutWires(after[key]) }];
	return canonicalJson(old) === canonicalJson(next) ? [] : diffProperty(key, old, next, setting);
}

/** Said of a node by its name and its place. */
const TOLD_ANYWAY = new Set(['id', 'type', 'z', 'g', 'name']);

/** What a new node holds, without what is empty; a tab's label is its name. */
export function diffAdded(node: FlowNode, names: BothNames, { layout }: DiffOptions): PropertyChange[] {
	const setting = settingFor(null, node, names);
	const keys = Object.keys(node)
		.filter((key) => !TOLD_ANYWAY.has(key) && !(key === 'label' && node.type === 'tab'))
		.filter((key) => !isEmpty(node[key]) && (layout || !isLayout(node, key)))
		.sort();
	return keys.flatMap((key) => diffWiring(key, null, node, names) ?? (isWires(key, node) ? [] : diffProperty(key, {}, node, setting)));
}

/** Outputs that lead nowhere are nothing to tell of a new node. */
function isWires(key: string, node: FlowNode): boolean {
	return key === 'wires' || (node.type === 'subflow' && (key === 'in' || key === 'out' || key === 'status'));
}

function isEmpty(value: unknown): boolean {
	if (value === null || value === '' || value === false) return true;
	return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The code is looked into where a script differs, and not before. */
function settingFor(before: FlowNode | null, after: FlowNode, names: BothNames): ValueSetting {
	const linesOf = (node: FlowNode | null, script: string) =>
		new Set(node?.type === 'function' ? analyseFunction(onlyScript(node, script)).secrets.map(({ line }) => line) : []);
	return { names, secretLines: (script) => ({ before: linesOf(before, script), after: linesOf(after, script) }) };
}

function onlyScript(node: FlowNode, script: string): FlowNode {
	return { id: node.id, type: node.type, [script as ScriptName]: node[script] };
}

function named(id: unknown, names: Names) {
	return toText(id) === '' ? null : names.of(toText(id));
}
