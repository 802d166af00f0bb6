import fc from 'fast-check';
import { compareSnapshots } from '../../../../src/lib/flows/diff/compare.ts';
import { isLayout } from '../../../../src/lib/flows/diff/pairs.ts';
import type { PropertyChange, SnapshotDiff } from '../../../../src/lib/flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { compareFlows } from '../../../../src/lib/plan/changes.ts';

const ids = ['t1', 's1', 'n1', 'n2', 'n3', 'n4', 'c1'];
const text = fc.oneof(fc.string({ maxLength: 12, unit: 'binary' }), fc.constantFrom('', 'a\nb', 'a\r\nb', 'x\n', ...ids));
const value = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }));
const wires = fc.array(fc.array(fc.constantFrom(...ids), { maxLength: 3 }), { maxLength: 3 });
const key = fc.constantFrom(
	'func',
	'rules',
	'env',
	'password',
	'url',
	'links',
	'scope',
	'broker',
	'label',
	'name',
	'g',
	'd',
	'x',
	'in',
	'out',
	'status',
	'__proto__',
	'a.b',
);

const node = (id: string, type: string) =>
	fc
		.record({
			fields: fc.dictionary(key, value, { maxKeys: 5 }),
			wires: fc.option(wires),
			z: fc.constantFrom('t1', 's1', 'gone', undefined),
		})
		.map(
			({ fields, wires: own, z }): FlowNode => ({
				...fields,
				id,
				type,
				...(z && type !== 'tab' && type !== 'subflow' && { z }),
				...(own && { wires: own }),
			}),
		);
const types = ['tab', 'subflow', 'function', 'change', 'link out', 'subflow:s1', 'mqtt-broker'];
const flows = fc.tuple(...ids.map((id, index) => node(id, types[index]!)));

const side = (nodes: FlowNode[]) => ({ flows: nodes, palette: [], nodeRed: { version: '5.0.7' } });
const diff = (before: FlowNode[], after: FlowNode[], layout: boolean) => compareSnapshots(side(before), side(after), { layout });

function changesOf(found: SnapshotDiff, id: string): PropertyChange[] {
	if (found.kind !== 'different') return [];
	return found.flows.flatMap(({ flow, changes, nodes }) => [
		...(flow?.id === id ? changes : []),
		...nodes.flatMap((changed) => (changed.node.id === id && changed.kind === 'changed' ? changed.changes : [])),
	]);
}

/** Which property of the node a change is about. */
function propertyOf(change: PropertyChange): string {
	if (change.kind === 'move') return 'z';
	if (change.kind === 'group') return 'g';
	return /^\["(.*?)"\]/.exec(change.property)?.[1] ?? (/^[^.[]+/.exec(change.property)?.[0] as string);
}

describe('a diff', () => {
	it('of flows with themselves is empty, in whatever order nodes and keys stand', () => {
		fc.assert(
			fc.property(flows, fc.infiniteStream(fc.nat()), (nodes, random) => {
				const shuffled = nodes
					.map((own) => ({ rank: random.next().value as number, own: Object.fromEntries(Object.entries(own).reverse()) as FlowNode }))
					.sort((a, b) => a.rank - b.rank)
					.map(({ own }) => own);
				expect(diff(nodes, structuredClone(nodes), true)).toEqual({ kind: 'identical' });
				expect(diff(nodes, shuffled, true)).toEqual({ kind: 'identical' });
			}),
		);
	});

	it('does not depend on the order of nodes', () => {
		fc.assert(
			fc.property(flows, flows, fc.boolean(), (before, after, layout) => {
				expect(diff(before.toReversed(), after.toReversed(), layout)).toEqual(diff(before, after, layout));
			}),
		);
	});

	it('names every property that was changed, and no other', () => {
		fc.assert(
			fc.property(
				flows,
				fc.constantFrom(...ids),
				fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1 }),
				(nodes, id, edits) => {
					const old = nodes.find((same) => same.id === id) as FlowNode;
					// JSON, as flows are: neither -0 nor undefined.
					const next = JSON.parse(JSON.stringify({ ...old, ...Object.fromEntries(edits) })) as FlowNode;
					const before = JSON.parse(JSON.stringify(nodes)) as FlowNode[];
					const after = before.map((same) => (same.id === id ? next : same));
					const was = before.find((same) => same.id === id) as FlowNode;
					const touched = edits.map(([name]) => name).filter((name) => own(was, name) !== own(next, name));
					const named = (layout: boolean) => [...new Set(changesOf(diff(before, after, layout), id).map(propertyOf))].sort();
					expect(named(true)).toEqual(touched.toSorted());
					expect(named(false).filter((name) => !['in', 'out', 'status'].includes(name))).toEqual(
						touched.filter((name) => !isLayout(next, name) && !['in', 'out', 'status'].includes(name)).toSorted(),
					);
				},
			),
		);
	});

	it("counts what a plan's changes count", () => {
		fc.assert(
			fc.property(flows, flows, (before, after) => {
				const found = diff(before, after, false);
				const total = compareFlows(before, after).reduce((sum, { changed }) => sum + changed, 0);
				const told = ids.filter((id) => changesOf(found, id).length > 0).length;
				expect(told).toBe(total);
			}),
		);
	});
});

function own(of: FlowNode, name: string): string | undefined {
	return Object.hasOwn(of, name) ? sorted(of[name]) : undefined;
}

function sorted(json: unknown): string | undefined {
	return JSON.stringify(json, (_, inner: unknown) =>
		typeof inner === 'object' && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner,
	);
}
