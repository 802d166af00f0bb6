import type { FlowNode } from '../../src/lib/flows/node.ts';
import { sessionOf } from '../cutover/flows.ts';
import { type BrokerAddress, onTab, plantBroker } from '../flows/plant.ts';
import type { Session } from './kinds.ts';

/**
 * Node-RED's settings: what a function needs to say who handled a message, and when. The process is the witness, not what flowferry
 * says, and has a name that no other has: containers number theirs alike. The clock is the host's monotonic one, the same for all.
 */
export const witnessSettings = `module.exports = {
	functionGlobalContext: { me: \`\${process.env.FLOWFERRY_INSTANCE ?? ''}#\${require('node:crypto').randomUUID()}\`, nowMs: () => Number(process.hrtime.bigint()) / 1e6 },
};
`;

/** `mqtt in → function → mqtt out` at QoS 1, and a route that never comes back. */
export function witnessFlows(session: Session, { broker, name }: { broker: BrokerAddress; name: string }): FlowNode[] {
	return [
		{ id: 'tab1', type: 'tab', label: 'Plant' },
		plantBroker(broker, sessionOf(session === 'ordinary' ? 'plain' : 'persistent', name)),
		onTab('m1', 'mqtt in', 0, { broker: 'b1', topic: `${name}/in`, qos: '1', datatype: 'utf8', wires: [['m2']] }),
		onTab('m2', 'function', 1, {
			name: 'sign',
			func: `msg.payload = JSON.stringify({ id: msg.payload, by: global.get('me'), atMs: global.get('nowMs')() });\nmsg.topic = '${name}/out';\nreturn msg;`,
			outputs: 1,
			wires: [['m3']],
		}),
		onTab('m3', 'mqtt out', 2, { broker: 'b1', topic: '', qos: '1', retain: 'false', wires: [] }),
		onTab('h1', 'http in', 10, { url: '/hang', method: 'get', wires: [['h2']] }),
		onTab('h2', 'function', 11, { name: 'hang', func: 'for (;;) {}', outputs: 1, wires: [[]] }),
	];
}
