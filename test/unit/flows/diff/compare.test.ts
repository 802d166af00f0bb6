import { compareSnapshots } from '../../../../src/lib/flows/diff/compare.ts';
import type { SnapshotDiff, SnapshotSide } from '../../../../src/lib/flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../../../src/lib/flows/node.ts';

const tab: FlowNode = { id: 't1', type: 'tab', label: 'Plant' };
const other: FlowNode = { id: 't2', type: 'tab', label: 'Office' };
const log: FlowNode = { id: 'log', type: 'debug', z: 't1', name: 'log', x: 300, y: 100, wires: [] };
const store: FlowNode = { id: 'store', type: 'file', z: 't1', name: 'store', x: 300, y: 200, wires: [[]] };
const work: FlowNode = { id: 'f1', type: 'function', z: 't1', name: 'work', func: 'return msg;', x: 10, y: 10, wires: [[], ['log']] };
const broker: FlowNode = { id: 'b1', type: 'mqtt-broker', name: 'local', broker: 'localhost' };
const base = [tab, other, log, store, work, broker];

const side = (flows: FlowNode[], rest: Partial<SnapshotSide> = {}): SnapshotSide => ({
	flows,
	palette: [],
	nodeRed: { version: '5.0.7' },
	...rest,
});
const diff = (before: FlowNode[], after: FlowNode[], layout = false): SnapshotDiff =>
	compareSnapshots(side(before), side(after), { layout });
const different = (found: SnapshotDiff) => {
	if (found.kind !== 'different') throw new Error(`the snapshots are ${found.kind}`);
	return found;
};
/** What differs where one node of `base` is changed. */
const change = (id: string, fields: Record<string, unknown>, layout = false) => {
	const after = base.map((node) => (node.id === id ? { ...node, ...fields } : node));
	const { flows } = different(diff(base, after, layout));
	expect(flows).toHaveLength(1);
	const [node] = flows[0]!.nodes;
	if (node?.kind !== 'changed') throw new Error('no node changed');
	return node.changes;
};

describe('compareSnapshots', () => {
	it('finds nothing between equals, in whatever order they stand', () => {
		expect(diff(base, structuredClone(base))).toEqual({ kind: 'identical' });
		expect(diff(base, [tab, other, ...base.slice(2).reverse()])).toEqual({ kind: 'identical' });
	});

	it('tells nodes that came and went, by flow, config nodes apart', () => {
		const added: FlowNode = {
			id: 'n',
			type: 'http request',
			z: 't2',
			name: 'ask',
			url: 'http://plant/',
			ret: '',
			d: false,
			x: 1,
			y: 2,
			wires: [['log']],
		};
		const { flows } = different(diff(base, [tab, other, log, work, { ...broker, port: '1884' }, added]));
		expect(flows).toEqual([
			{
				flow: { id: 't2', type: 'tab', name: 'Office' },
				state: 'kept',
				changes: [],
				nodes: [
					{
						kind: 'added',
						node: { id: 'n', type: 'http request', name: 'ask' },
						changes: [
							{ kind: 'value', property: 'url', after: 'http://plant/' },
							{
								kind: 'wiring',
								property: 'wires',
								end: { kind: 'output', number: 1 },
								gone: [],
								now: [{ id: 'log', type: 'debug', name: 'log' }],
							},
						],
					},
				],
			},
			{
				flow: { id: 't1', type: 'tab', name: 'Plant' },
				state: 'kept',
				changes: [],
				nodes: [{ kind: 'removed', node: { id: 'store', type: 'file', name: 'store' } }],
			},
			{
				flow: null,
				state: 'kept',
				changes: [],
				nodes: [
					{
						kind: 'changed',
						node: { id: 'b1', type: 'mqtt-broker', name: 'local' },
						changes: [{ kind: 'value', property: 'port', after: '1884' }],
					},
				],
			},
		]);
	});

	it('tells flows that came, went and changed', () => {
		const after = [
			{ ...tab, label: 'Works', disabled: true, env: [{ name: 'LIMIT', value: '80', type: 'num' }] },
			log,
			store,
			work,
			broker,
		];
		const { flows } = different(diff([...base, { id: 'o', type: 'debug', z: 't2' }], [...after, { id: 't3', type: 'tab', label: 'New' }]));
		expect(flows.map(({ flow, state, nodes }) => [flow?.name, state, nodes.map(({ kind }) => kind)])).toEqual([
			['New', 'added', []],
			['Office', 'removed', ['removed']],
			['Works', 'kept', []],
		]);
		expect(flows[2]!.changes).toEqual([
			{ kind: 'value', property: 'disabled', after: true },
			{ kind: 'value', property: 'env', after: [{ name: 'LIMIT', value: '80', type: 'num' }] },
			{ kind: 'value', property: 'label', before: 'Plant', after: 'Works' },
		]);
	});

	it('tells variables by their name', () => {
		const env = (...values: [string, string][]) => ({ env: values.map(([name, value]) => ({ name, value, type: 'str' })) });
		const before = [{ ...tab, ...env(['A', '1'], ['B', '2']) }];
		const { flows } = different(diff(before, [{ ...tab, ...env(['C', '3'], ['B', '4']) }]));
		expect(flows[0]!.changes).toEqual([
			{ kind: 'value', property: 'env.A', before: { name: 'A', value: '1', type: 'str' } },
			{ kind: 'value', property: 'env.B.value', before: '2', after: '4' },
			{ kind: 'value', property: 'env.C', after: { name: 'C', value: '3', type: 'str' } },
		]);
		// The order alone is told, too: a variable may be made of one before it.
		const turned = different(diff(before, [{ ...tab, ...env(['B', '2'], ['A', '1']) }]));
		expect(turned.flows[0]!.changes).toMatchObject([{ kind: 'value', property: 'env' }]);
	});

	it('tells code by its lines', () => {
		expect(change('f1', { func: 'const a = 1;\nreturn msg;' })).toEqual([
			{
				kind: 'text',
				property: 'func',
				language: 'javascript',
				hunks: [
					{
						beforeLine: 1,
						afterLine: 1,
						lines: [
							{ kind: 'added', text: 'const a = 1;' },
							{ kind: 'same', text: 'return msg;' },
						],
					},
				],
			},
		]);
		const rule = (to: string) => ({ rules: [{ t: 'set', p: 'payload', to, tot: 'jsonata' }] });
		const switched = [tab, { id: 'c', type: 'change', z: 't1', ...rule('$now()') }];
		const { flows } = different(diff(switched, [tab, { ...switched[1]!, ...rule('$millis()') }]));
		expect(flows[0]!.nodes).toMatchObject([{ changes: [{ kind: 'text', property: 'rules[0].to', language: 'jsonata' }] }]);
	});

	it('tells lists by what differs in them', () => {
		const rules = (...to: string[]) => ({ rules: to.map((value) => ({ t: 'set', p: 'payload', to: value })) });
		const node = { id: 'c', type: 'change', z: 't1' };
		const changes = (before: object, after: object) =>
			different(diff([tab, { ...node, ...before }], [tab, { ...node, ...after }])).flows[0]!.nodes.flatMap((found) =>
				found.kind === 'changed' ? found.changes : [],
			);
		expect(changes(rules('a', 'b', 'c'), rules('a', 'x', 'c'))).toEqual([
			{ kind: 'value', property: 'rules[1].to', before: 'b', after: 'x' },
		]);
		expect(changes(rules('a', 'c'), rules('a', 'b', 'c'))).toEqual([
			{ kind: 'value', property: 'rules[1]', after: { t: 'set', p: 'payload', to: 'b' } },
		]);
		expect(changes(rules('a', 'a'), rules('a'))).toMatchObject([{ property: 'rules[1]', before: { to: 'a' } }]);
		// What is new or gone is told in parts where it is long, so that nothing of it is left out.
		expect(changes({}, rules('a', 'b'))).toMatchObject([{ property: 'rules', after: rules('a', 'b').rules }]);
		expect(changes({}, rules('a', 'b', 'c', 'd'))).toMatchObject([0, 1, 2, 3].map((index) => ({ property: `rules[${index}]` })));
		expect(changes(rules('a', 'b', 'c', 'd'), {})).toHaveLength(4);
	});

	it('tells wiring as wiring', () => {
		const wired = (id: string) => ({ id, type: id === 'log' ? 'debug' : 'file', name: id });
		expect(change('f1', { wires: [[], ['store']] })).toEqual([
			{ kind: 'wiring', property: 'wires', end: { kind: 'output', number: 2 }, gone: [wired('log')], now: [wired('store')] },
		]);
		expect(change('f1', { wires: [['nowhere'], ['log']] })).toMatchObject([
			{ end: { number: 1 }, gone: [], now: [{ id: 'nowhere', type: '', name: '' }] },
		]);
		// Messages reach wired nodes in order.
		const both = base.with(4, { ...work, wires: [['log', 'store']] });
		expect(different(diff(both, base.with(4, { ...work, wires: [['store', 'log']] }))).flows[0]!.nodes).toMatchObject([
			{ changes: [{ kind: 'wiring', gone: [], now: [] }] },
		]);
		// No wire differs, but the property does.
		expect(change('f1', { wires: [[], ['log'], []] })).toEqual([{ kind: 'value', property: 'wires[2]', after: [] }]);
	});

	it('tells subflow definitions and their instances', () => {
		const subflow = {
			id: 's',
			type: 'subflow',
			name: 'Scale',
			in: [{ x: 1, y: 1, wires: [{ id: 'a' }] }],
			out: [{ x: 9, y: 9, wires: [{ id: 'a', port: 0 }] }],
		};
		const inner = { id: 'a', type: 'function', z: 's', name: 'calc' };
		const instance = { id: 'i', type: 'subflow:s', z: 't1' };
		const before = [tab, subflow, inner, instance];
		const after = [
			tab,
			{ ...subflow, in: [{ x: 5, y: 1, wires: [] }], out: [{ x: 9, y: 9, wires: [{ id: 'a', port: 1 }] }] },
			inner,
			{ ...instance, d: true },
		];
		const { flows } = different(diff(before, after));
		expect(flows[0]!.nodes).toEqual([
			{ kind: 'changed', node: { id: 'i', type: 'subflow:s', name: 'Scale' }, changes: [{ kind: 'value', property: 'd', after: true }] },
		]);
		const calc = { id: 'a', type: 'function', name: 'calc' };
		expect(flows[1]).toEqual({
			flow: { id: 's', type: 'subflow', name: 'Scale' },
			state: 'kept',
			changes: [
				{ kind: 'wiring', property: 'in', end: { kind: 'subflow input', number: 1 }, gone: [calc], now: [] },
				{
					kind: 'wiring',
					property: 'out',
					end: { kind: 'subflow output', number: 1 },
					gone: [{ ...calc, output: 1 }],
					now: [{ ...calc, output: 2 }],
				},
			],
			nodes: [],
		});
		// A place beside a wire is told where layout is asked for.
		expect(different(diff(before, after, true)).flows[1]!.changes).toContainEqual({
			kind: 'value',
			property: 'in[0].x',
			before: 1,
			after: 5,
		});
		const moved = [tab, { ...subflow, in: [{ ...subflow.in[0]!, x: 7 }] }, inner, instance];
		expect(diff(before, moved)).toEqual({ kind: 'layout' });
	});

	it('tells moves between flows, groups and config nodes by name', () => {
		expect(change('log', { z: 't2' })).toEqual([
			{ kind: 'move', before: { id: 't1', type: 'tab', name: 'Plant' }, after: { id: 't2', type: 'tab', name: 'Office' } },
		]);
		const group = { id: 'g', type: 'group', z: 't1', name: 'Inputs', nodes: ['log'], style: {}, w: 1 };
		const grouped = different(diff([...base, { ...group, nodes: [] }], [...base.with(2, { ...log, g: 'g' }), group]));
		expect(grouped.flows[0]!.nodes).toMatchObject([{ changes: [{ kind: 'group', before: null, after: { name: 'Inputs' } }] }]);
		const sub = { id: 'm', type: 'mqtt in', z: 't1', broker: 'b1' };
		const renewed = different(diff([...base, sub], [...base, { ...broker, id: 'b2', name: 'remote' }, { ...sub, broker: 'b2' }]));
		expect(renewed.flows[0]!.nodes).toMatchObject([
			{ changes: [{ kind: 'reference', before: { name: 'local' }, after: { name: 'remote' } }] },
		]);
	});

	it('leaves layout out, and says so, unless it is asked for', () => {
		const moved = base.with(2, { ...log, x: 500, l: false });
		expect(diff(base, moved)).toEqual({ kind: 'layout' });
		expect(change('log', { x: 500 }, true)).toEqual([{ kind: 'value', property: 'x', before: 300, after: 500 }]);
		const turned = [other, tab, ...base.slice(2)];
		expect(diff(base, turned)).toEqual({ kind: 'layout' });
		expect(diff(base, turned, true)).toMatchObject({ flows: [], tabOrder: { before: ['Plant', 'Office'], after: ['Office', 'Plant'] } });
	});

	it('tells palette and version', () => {
		const module = (name: string, version: string, ...types: string[]) => ({ name, version, types });
		const found = compareSnapshots(
			side(base, { palette: [module('a', '1.0.0'), module('b', '1.0.0'), module('d', '1.0.0', 'x')] }),
			side(base, { palette: [module('b', '2.0.0'), module('c', '1.0.0'), module('d', '1.0.0', 'y')], nodeRed: { version: '5.1.0' } }),
			{ layout: false },
		);
		expect(found).toEqual({
			kind: 'different',
			flows: [],
			palette: [
				{ kind: 'removed', module: 'a', version: '1.0.0' },
				{ kind: 'changed', module: 'b', before: '1.0.0', after: '2.0.0' },
				{ kind: 'added', module: 'c', version: '1.0.0' },
				{ kind: 'types', module: 'd', added: ['y'], removed: ['x'] },
			],
			credentials: [],
			nodeRed: { before: '5.0.7', after: '5.1.0' },
			tabOrder: null,
		});
	});

	it('tells whose credentials differ, by name', () => {
		const mark = (value: string, ...names: string[]) => ({ names, mark: value });
		const [first, second] = base.map(({ id }) => id) as [string, string];
		const before = { [first]: mark('1', 'user'), [second]: mark('2', 'password'), gone: mark('3', 'key') };
		const after = { [first]: mark('9', 'user'), [second]: mark('2', 'password'), fresh: mark('4', 'token', 'user') };
		const found = compareSnapshots(side(base, { credentials: before }), side(base, { credentials: after }), { layout: false });
		expect(found).toMatchObject({
			kind: 'different',
			flows: [],
			credentials: [
				{ kind: 'added', node: { id: 'fresh' }, names: ['token', 'user'] },
				{ kind: 'removed', node: { id: 'gone' }, names: ['key'] },
				{ kind: 'changed', node: { id: first, type: base[0]!.type }, names: ['user'] },
			].sort((a, b) => (a.node.id < b.node.id ? -1 : 1)),
		});
		expect(compareSnapshots(side(base, { credentials: before }), side(base, { credentials: before }), { layout: false })).toEqual({
			kind: 'identical',
		});
	});
});
