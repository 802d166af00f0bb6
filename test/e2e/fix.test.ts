import { jest } from '@jest/globals';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { fixFlows } from '../../src/lib/lint/fix.ts';
import { startNodeRed } from '../support/node-red.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

/** Nothing listens on port 1: Node-RED starts the flows all the same, and goes on trying. */
const broker = { type: 'mqtt-broker', broker: '127.0.0.1', port: '1', protocolVersion: '5', keepalive: '60', clientid: 'plant' };
const flows: FlowNode[] = [
	{ id: 'f1', type: 'tab', label: 'Plant' },
	{ ...broker, id: 'b1', name: 'one', cleansession: true, autoUnsubscribe: true, sessionExpiry: '' },
	{ ...broker, id: 'b2', name: 'two', cleansession: false, autoUnsubscribe: false, sessionExpiry: '300' },
	{ id: 'n1', type: 'mqtt in', z: 'f1', topic: 'plant/1', qos: '1', broker: 'b1', inputs: 0, x: 100, y: 100, wires: [['o1']] },
	{ id: 'n2', type: 'mqtt in', z: 'f1', topic: 'plant/#', qos: '2', broker: 'b2', inputs: 0, x: 100, y: 200, wires: [['o1']] },
	{ id: 'o1', type: 'mqtt out', z: 'f1', topic: 'out', qos: '', retain: '', broker: 'b1', x: 300, y: 100, wires: [] },
];

describe('fixed flows', () => {
	it.each([
		['load-balanced', ['n1 topic', 'n2 topic', 'b1 clientid', 'b2 clientid', 'b2 cleansession', 'b2 sessionExpiry', 'b2 autoUnsubscribe']],
		['hot-spare', ['b1 cleansession', 'b1 autoUnsubscribe', 'b1 sessionExpiry']],
	] as const)('for %s are loaded and started by a real Node-RED 5', async (mode, expected) => {
		const fixed = fixFlows(flows, { mode });
		expect(fixed.changes.map(({ nodeId, property }) => `${nodeId} ${property}`)).toEqual(expected);
		const nodeRed = await startNodeRed({ flows: fixed.flows });
		try {
			expect(nodeRed.output()).toContain('Started flows');
			expect(nodeRed.output()).not.toMatch(/missing types|Error loading|Circular/i);
			const loaded = (await (await fetch(`${nodeRed.url}/flows`)).json()) as FlowNode[];
			for (const { nodeId, property, after } of fixed.changes) expect(loaded.find(({ id }) => id === nodeId)?.[property]).toEqual(after);
		} finally {
			await nodeRed.stop();
		}
	});
});
