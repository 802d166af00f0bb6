import { canonicalFlows, canonicalJson } from '../../../src/lib/flows/canonical.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';

const flows: FlowNode[] = [
	{ id: 't2', type: 'tab', label: 'Second by id, first in the editor' },
	{ id: 't1', type: 'tab', label: 'Other' },
	{ id: 's1', type: 'subflow', name: 'S', in: [{ x: 1, y: 2, wires: [{ id: 'n2' }] }] },
	{ id: 'n2', type: 'function', z: 's1', func: 'return msg;', wires: [['n1', 'n3']] },
	{ id: 'n1', type: 'change', z: 't1', rules: [{ t: 'set', p: 'payload' }, { t: 'delete' }], wires: [[]] },
];

function reverseKeys(node: FlowNode): FlowNode {
	return Object.fromEntries(Object.entries(node).reverse()) as FlowNode;
}

describe('canonicalFlows', () => {
	it('puts tabs first in their order, then subflows, then the rest by id', () => {
		expect(canonicalFlows(flows).map((node) => node.id)).toEqual(['t2', 't1', 's1', 'n1', 'n2']);
	});

	it('gives the same text for other key and node order', () => {
		const shuffled = [flows[4]!, flows[0]!, flows[3]!, flows[1]!, flows[2]!].map(reverseKeys);
		expect(JSON.stringify(canonicalFlows(shuffled))).toBe(JSON.stringify(canonicalFlows(flows)));
	});

	it('gives another text for another order of tabs, wires or rules', () => {
		const text = canonicalJson(canonicalFlows(flows));
		expect(canonicalJson(canonicalFlows([flows[1]!, flows[0]!, ...flows.slice(2)]))).not.toBe(text);
		expect(canonicalJson(canonicalFlows(flows.with(3, { ...flows[3]!, wires: [['n3', 'n1']] })))).not.toBe(text);
	});

	it('keeps every property, even a key named __proto__', () => {
		const odd = JSON.parse('{"id":"a","type":"x","__proto__":{"b":1},"empty":"","none":null,"10":1}') as FlowNode;
		expect(JSON.parse(JSON.stringify(canonicalFlows([odd])[0]))).toEqual(odd);
		expect(JSON.stringify(canonicalFlows([odd]))).toContain('"__proto__":{"b":1}');
	});

	it('leaves its input as it was', () => {
		const before = JSON.stringify(flows);
		canonicalFlows(flows);
		expect(JSON.stringify(flows)).toBe(before);
	});
});

describe('canonicalJson', () => {
	it('sorts keys at every depth and keeps arrays', () => {
		expect(canonicalJson({ b: [{ d: 1, c: [2, 1] }], a: null })).toBe('{"a":null,"b":[{"c":[2,1],"d":1}]}');
	});
});
