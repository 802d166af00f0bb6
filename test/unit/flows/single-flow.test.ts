import { parseFlows } from '../../../src/lib/flows/parse.ts';

const inject = { id: 'i', type: 'inject', z: 't', x: 1, y: 1, wires: [[]] };
const broker = { id: 'b', type: 'mqtt-broker', z: 't' };

describe('a flow of GET /flow/:id', () => {
	it('becomes its tab, and what stands in it', () => {
		const flow = { id: 't', label: 'Plant', disabled: true, info: 'why', env: [], nodes: [inject], configs: [broker] };
		expect(parseFlows(JSON.stringify(flow), 'f')).toEqual([
			{ id: 't', type: 'tab', label: 'Plant', disabled: true, info: 'why', env: [] },
			broker,
			inject,
		]);
	});

	it('may have no nodes', () => {
		expect(parseFlows('{"id":"t","nodes":[]}', 'f')).toEqual([{ id: 't', type: 'tab' }]);
	});

	it('puts nodes that do not say so into the flow', () => {
		expect(parseFlows('{"id":"t","nodes":[{"id":"a","type":"debug"}]}', 'f')[1]).toEqual({ id: 'a', type: 'debug', z: 't' });
	});

	it('called global has no tab, and subflows with their nodes inside', () => {
		const subflow = { id: 's', type: 'subflow', name: 'S', nodes: [{ ...inject, z: 's' }], configs: [{ ...broker, z: 's' }] };
		const flow = { id: 'global', configs: [{ id: 'c', type: 'tls-config' }], subflows: [subflow] };
		expect(parseFlows(JSON.stringify(flow), 'f')).toEqual([
			{ id: 's', type: 'subflow', name: 'S' },
			{ ...inject, z: 's' },
			{ ...broker, z: 's' },
			{ id: 'c', type: 'tls-config' },
		]);
	});

	it.each([
		['a node that is none', '{"id":"t","nodes":[7]}', 'f: the entry with index 1 is a number, not a node'],
		['an object with an id alone', '{"id":"t"}', 'f holds an object, not an array of nodes'],
		['a node by itself', '{"id":"t","type":"x","nodes":[]}', 'f holds an object, not an array of nodes'],
	])('is refused with %s', (_name, text, message) => {
		expect(() => parseFlows(text, 'f')).toThrow(message);
	});
});
