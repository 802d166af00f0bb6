import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { judge } from '../../../src/lib/lint/judge.ts';
import { decideSpareKind } from '../../../src/lib/plan/spares.ts';

const tab = { id: 't1', type: 'tab', label: 'Plant' };
const broker = { id: 'b1', type: 'mqtt-broker' };
const work = [
	{ id: 'f1', type: 'function', z: 't1', func: 'return msg;', wires: [['o1']] },
	{ id: 'o1', type: 'mqtt out', z: 't1', broker: 'b1', topic: 'out', wires: [] },
];
const subscription = (topic: string, more: object = {}): FlowNode => ({
	id: 'm1',
	type: 'mqtt in',
	z: 't1',
	broker: 'b1',
	topic,
	wires: [['f1']],
	...more,
});
const kindOf = (flows: FlowNode[], wanted: 'warm' | 'hot' = 'hot') =>
	decideSpareKind(wanted, judge([tab, broker, ...work, ...flows], { mode: 'hot-spare' }).report.verdicts ?? []);

describe('whether a spare may be hot', () => {
	it('is hot for ordinary subscriptions and timers', () => {
		const timer = { id: 'i1', type: 'inject', z: 't1', repeat: '5', wires: [['f1']] };
		expect(kindOf([subscription('in'), timer])).toEqual({ spare: 'hot', because: [] });
	});

	it('stays warm where nobody wants it hot', () => {
		expect(kindOf([subscription('in')], 'warm')).toEqual({ spare: 'warm', because: [] });
	});

	it('is warm where it would keep its part of a shared subscription to itself', () => {
		const { spare, because } = kindOf([subscription('$share/g/in')]);
		expect([spare, because]).toEqual(['warm', [expect.stringMatching(/^'Plant': node m1 shares its messages/)]]);
	});

	it('is warm where something must not be connected twice', () => {
		const serial = { id: 's1', type: 'serial in', z: 't1', serial: 'p', wires: [['f1']] };
		const { spare, because } = kindOf([serial]);
		expect([spare, because]).toEqual(['warm', [expect.stringMatching(/^'Plant': ./)]]);
	});
});
