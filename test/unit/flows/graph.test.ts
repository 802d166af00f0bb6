import { buildGraph, containerOf, countCopies, runningNodes } from '../../../src/lib/flows/graph.ts';
import { findLeads, reverseEdges } from '../../../src/lib/flows/lead.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { reachFrom } from '../../../src/lib/flows/reach.ts';

const tab: FlowNode = { id: 'tab', type: 'tab', label: 'A' };

function at(z: string, id: string, type: string, targets: string[] = [], more: object = {}): FlowNode {
	return { id, type, z, x: 1, y: 1, wires: [targets], ...more };
}

/** Ids of nodes that one node reaches, sorted; the node itself left out. */
function reached(flows: FlowNode[], from: string): string[] {
	const graph = buildGraph(flows);
	return [...reachFrom(graph, [graph.byId.get(from) as FlowNode]).keys()].filter((id) => id !== from).sort();
}

describe('what runs', () => {
	const ids = (flows: FlowNode[]): string[] => runningNodes(buildGraph(flows)).map((node) => node.id);

	it('is neither on a disabled tab nor disabled itself', () => {
		expect(
			ids([
				tab,
				{ id: 'off', type: 'tab', disabled: true },
				at('off', 'a', 'json'),
				at('tab', 'b', 'json', [], { d: true }),
				at('tab', 'c', 'json'),
			]),
		).toEqual(['c']);
	});

	it('is what names a tab that does not exist, as in Node-RED', () => {
		expect(ids([at('gone', 'a', 'json')])).toEqual(['a']);
	});

	it('is in a subflow only where an instance runs, nested ones included', () => {
		const inner = [{ id: 's1', type: 'subflow' }, at('s1', 'n1', 'json'), { id: 's2', type: 'subflow' }, at('s2', 'i1', 'subflow:s1')];
		expect(ids([tab, ...inner])).toEqual([]);
		expect(ids([tab, ...inner, at('tab', 'i2', 'subflow:s2', [], { d: true })])).toEqual([]);
		expect(ids([tab, ...inner, at('tab', 'i2', 'subflow:s2')])).toEqual(['n1', 'i1', 'i2']);
	});

	it('are config nodes that running nodes use, directly or through other config nodes', () => {
		const graph = buildGraph([
			tab,
			{ id: 'c1', type: 'ui_group', tab: 'c2' },
			{ id: 'c2', type: 'ui_tab' },
			{ id: 'c3', type: 'ui_tab' },
			at('tab', 'n', 'ui_text', [], { group: 'c1' }),
		]);
		expect([...graph.activity.running].sort()).toEqual(['c1', 'c2', 'n']);
		expect(graph.activity.users.get('c1')?.map((node) => node.id)).toEqual(['n']);
	});

	it('is counted for each instance, nested ones multiplied', () => {
		const graph = buildGraph([
			tab,
			{ id: 's1', type: 'subflow' },
			at('s1', 'n1', 'json'),
			{ id: 's2', type: 'subflow' },
			at('s2', 'i1', 'subflow:s1'),
			at('s2', 'i2', 'subflow:s1'),
			at('tab', 'i3', 'subflow:s2'),
			at('tab', 'i4', 'subflow:s2'),
		]);
		expect(['n1', 'i1', 'i3'].map((id) => countCopies(graph, graph.byId.get(id) as FlowNode))).toEqual([4, 2, 1]);
	});

	it('is counted at once, however deep they nest', () => {
		const levels = Array.from({ length: 40 }, (_, level) => [
			{ id: `s${level}`, type: 'subflow' },
			at(`s${level}`, `a${level}`, `subflow:s${level + 1}`),
			at(`s${level}`, `b${level}`, `subflow:s${level + 1}`),
		]);
		const graph = buildGraph([tab, at('tab', 'i', 'subflow:s0'), ...levels.flat(), { id: 's40', type: 'subflow' }, at('s40', 'n', 'json')]);
		expect(countCopies(graph, graph.byId.get('n') as FlowNode)).toBe(2 ** 40);
	});

	it('ends where a subflow contains itself', () => {
		const graph = buildGraph([tab, { id: 's', type: 'subflow' }, at('s', 'i', 'subflow:s'), at('tab', 'j', 'subflow:s')]);
		expect(countCopies(graph, graph.byId.get('i') as FlowNode)).toBeGreaterThan(0);
	});

	it('stands in its tab', () => {
		const graph = buildGraph([tab, at('tab', 'a', 'json')]);
		expect(containerOf(graph, graph.byId.get('a') as FlowNode)).toBe(tab);
		expect(containerOf(graph, tab)).toBeUndefined();
	});
});

describe('messages reach', () => {
	it('what is wired, through junctions, round loops, and not past disabled nodes', () => {
		const flows = [
			tab,
			at('tab', 'a', 'inject', ['j']),
			at('tab', 'j', 'junction', ['b', 'off']),
			at('tab', 'b', 'json', ['a', 'c']),
			at('tab', 'off', 'json', ['d'], { d: true }),
			at('tab', 'c', 'json'),
			at('tab', 'd', 'json'),
		];
		expect(reached(flows, 'a')).toEqual(['b', 'c', 'j']);
	});

	it('linked nodes, whichever end names the link', () => {
		expect(
			reached(
				[tab, at('tab', 'o', 'link out', [], { links: ['i'] }), at('tab', 'i', 'link in', ['x'], { links: [] }), at('tab', 'x', 'json')],
				'o',
			),
		).toEqual(['i', 'x']);
		expect(
			reached(
				[tab, at('tab', 'o', 'link out', [], { links: [] }), at('tab', 'i', 'link in', ['x'], { links: ['o'] }), at('tab', 'x', 'json')],
				'o',
			),
		).toEqual(['i', 'x']);
	});

	it('what a link call calls, and what is wired behind the call', () => {
		const flows = [
			tab,
			at('tab', 'c', 'link call', ['x'], { links: ['i'] }),
			at('tab', 'i', 'link in', ['r']),
			at('tab', 'r', 'link out', [], { mode: 'return' }),
			at('tab', 'x', 'json'),
		];
		expect(reached(flows, 'c')).toEqual(['i', 'r', 'x']);
	});

	it('by a dynamic call, the link inputs that nothing else leads to', () => {
		const flows = [
			tab,
			at('tab', 'c', 'link call', [], { linkType: 'dynamic', links: [] }),
			at('tab', 'i', 'link in'),
			at('tab', 'o', 'link out', [], { links: ['k'] }),
			at('tab', 'k', 'link in', [], { links: ['o'] }),
		];
		expect(reached(flows, 'c')).toEqual(['i']);
	});

	it('catch and status nodes beside them, and complete nodes that name them', () => {
		const flows = [
			tab,
			at('tab', 'a', 'inject', ['b']),
			at('tab', 'b', 'json'),
			at('tab', 'k', 'catch', ['x'], { scope: null }),
			at('tab', 'x', 'debug'),
			at('tab', 'm', 'complete', [], { scope: ['b'] }),
			at('tab', 'n', 'complete', [], { scope: ['y'] }),
		];
		expect(reached(flows, 'a')).toEqual(['b', 'k', 'm', 'x']);
	});
});

describe('through subflows', () => {
	const subflow: FlowNode = {
		id: 's',
		type: 'subflow',
		in: [{ wires: [{ id: 'p' }] }],
		out: [{ wires: [{ id: 'p', port: 0 }] }, { wires: [{ id: 'q', port: 0 }] }],
	};
	const body = [subflow, at('s', 'p', 'json'), at('s', 'q', 'inject')];
	const two = (z: string, id: string, first: string[], second: string[]): FlowNode => ({
		...at(z, id, 'subflow:s'),
		wires: [first, second],
	});

	it('messages leave by the instance that they came in by, and by the ports that they can reach', () => {
		const flows = [
			tab,
			...body,
			at('tab', 'a', 'inject', ['i1']),
			two('tab', 'i1', ['x1'], ['y1']),
			two('tab', 'i2', ['x2'], ['y2']),
			...['x1', 'y1', 'x2', 'y2'].map((id) => at('tab', id, 'debug')),
		];
		expect(reached(flows, 'a')).toEqual(['i1', 'p', 'x1']);
	});

	it('a source inside emits by every running instance', () => {
		const flows = [
			tab,
			...body,
			two('tab', 'i1', ['x1'], ['y1']),
			two('tab', 'i2', ['x2'], ['y2']),
			{ ...two('tab', 'i3', [], ['y3']), d: true },
			...['x1', 'y1', 'x2', 'y2', 'y3'].map((id) => at('tab', id, 'debug')),
		];
		expect(reached(flows, 'q')).toEqual(['y1', 'y2']);
	});

	it('a start leads to what is behind its own instance, and from the inside to what is behind any', () => {
		const flows = [
			tab,
			...body,
			at('tab', 'a', 'inject', ['i1']),
			at('tab', 'b', 'inject', ['i2']),
			two('tab', 'i1', [], []),
			two('tab', 'i2', ['x'], ['y']),
			at('tab', 'x', 'debug'),
			at('tab', 'y', 'file'),
		];
		const graph = buildGraph(flows);
		const find = (goal: string) => findLeads(graph, [graph.byId.get(goal) as FlowNode], reverseEdges(graph));
		const leads = (goal: string) =>
			['a', 'b', 'p', 'q', 'i1', 'i2'].filter((id) => find(goal)(graph.byId.get(id) as FlowNode)?.id === goal);
		expect(leads('x')).toEqual(['b', 'p', 'i2']);
		expect(leads('y')).toEqual(['q']);
	});

	it('works when they are nested, and for a straight wire from input to output', () => {
		const outer: FlowNode = { id: 'o', type: 'subflow', in: [{ wires: [{ id: 'inner' }] }], out: [{ wires: [{ id: 'inner', port: 0 }] }] };
		const straight: FlowNode = { id: 'w', type: 'subflow', in: [{ wires: [] }], out: [{ wires: [{ id: 'w', port: 0 }] }] };
		const flows = [
			outer,
			straight,
			tab,
			...body,
			two('o', 'inner', [], []),
			at('tab', 'a', 'inject', ['io']),
			at('tab', 'io', 'subflow:o', ['iw']),
			at('tab', 'iw', 'subflow:w', ['x']),
			at('tab', 'x', 'debug'),
		];
		expect(reached(flows, 'a')).toEqual(['inner', 'io', 'iw', 'p', 'x']);
	});
});

it('takes a chain of 100,000 nodes', () => {
	const flows = [tab, ...Array.from({ length: 100_000 }, (_, index) => at('tab', `n${index}`, 'json', [`n${index + 1}`]))];
	expect(reached(flows, 'n0')).toHaveLength(99_999);
});
