import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import { fixable, fixFlows } from '../../../src/lib/lint/fix.ts';
import { rules } from '../../../src/lib/lint/rules/index.ts';
import { config, node, tab } from './judge.ts';

const v5 = { protocolVersion: '5', cleansession: true, sessionExpiry: '', autoUnsubscribe: true };
const broker = (properties = {}, id = 'b') => config(id, 'mqtt-broker', { ...v5, clientid: '', ...properties });
const sub = (properties = {}, id = 'in', ...targets: string[]) =>
	node(id, 'mqtt in', { topic: 'a', qos: '1', broker: 'b', ...properties }, ...(targets.length > 0 ? targets : ['out']));
const out = node('out', 'mqtt out', { topic: 'x', broker: 'b' });
const changesOf = (flows: FlowNode[], mode: 'hot-spare' | 'load-balanced') =>
	fixFlows([tab, ...flows], { mode }).changes.map(({ nodeId, property, after }) => [nodeId, property, after]);

describe('fixFlows for load-balanced', () => {
	it.each<[string, FlowNode[], unknown[]]>([
		['shares subscriptions', [broker(), sub(), out], [['in', 'topic', '$share/flowferry/a']]],
		['leaves QoS 0', [broker(), sub({ qos: '0' }), out], []],
		['leaves MQTT 3.1.1', [broker({ protocolVersion: '4' }), sub(), out], []],
		['leaves what is only shown', [broker(), sub({}, 'in', 'g'), node('g', 'ui_gauge')], []],
		['leaves dynamic subscriptions', [broker(), sub({ inputs: 1, topic: '' }), out], []],
		['leaves what is shared already', [broker(), sub({ topic: '$share/g/a' }), out], []],
		[
			'gives each broker node a group and an id of its own',
			[broker({ clientid: 'p' }), broker({ clientid: 'p' }, 'c'), sub(), sub({ broker: 'c' }, 'in2'), out],
			[
				['in', 'topic', '$share/flowferry/a'],
				['in2', 'topic', '$share/flowferry-2/a'],
				['b', 'clientid', '${MQTT_CLIENT_ID}'],
				['c', 'clientid', '${MQTT_CLIENT_ID_2}'],
			],
		],
		[
			'lets sessions end that would linger in a group',
			[broker({ clientid: '${ID}', cleansession: false, sessionExpiry: '300', autoUnsubscribe: false }), sub({ topic: '$share/g/a' }), out],
			[
				['b', 'cleansession', true],
				['b', 'sessionExpiry', ''],
				['b', 'autoUnsubscribe', true],
			],
		],
	])('%s', (_name, flows, expected) => {
		expect(changesOf(flows, 'load-balanced')).toEqual(expected);
	});
});

describe('fixFlows for hot-spare', () => {
	const kept = (more: unknown[] = []) => [['b', 'cleansession', false], ['b', 'autoUnsubscribe', false], ...more];
	it.each<[string, FlowNode[], unknown[]]>([
		['keeps a session that has a name', [broker({ clientid: 'p' }), sub(), out], kept([['b', 'sessionExpiry', '3600']])],
		['on MQTT 3.1.1 without expiry', [broker({ clientid: 'p', protocolVersion: '4' }), sub(), out], kept()],
		['leaves a session without a name', [broker(), sub(), out], []],
		[
			'keeps what an expiry was set to',
			[broker({ clientid: 'p', cleansession: false, sessionExpiry: '60' }), sub(), out],
			[['b', 'autoUnsubscribe', false]],
		],
		[
			'lets shared subscriptions go',
			[broker({ autoUnsubscribe: false }), sub({ topic: '$share/g/a' }), out],
			[['b', 'autoUnsubscribe', true]],
		],
		['leaves what is right', [broker({ clientid: 'p', cleansession: false, sessionExpiry: '60', autoUnsubscribe: false }), sub(), out], []],
	])('%s', (_name, flows, expected) => {
		expect(changesOf(flows, 'hot-spare')).toEqual(expected);
	});
});

describe('fixFlows', () => {
	const flows = [
		tab,
		broker({ clientid: 'p', autoUnsubscribe: false }),
		sub(),
		sub({ topic: '$share/g/b' }, 'shared'),
		out,
		node('x', 'debug'),
	];

	it.each(['hot-spare', 'load-balanced'] as const)(
		'leaves nothing of what it changed something for, in %s, and is done after once',
		(mode) => {
			const fixed = fixFlows(flows, { mode });
			expect(fixed.changes.length).toBeGreaterThan(0);
			const touched = new Set(fixed.changes.map(({ nodeId }) => nodeId));
			const left = lint(fixed.flows, { mode, rules: rules.filter(({ id }) => fixable.includes(id)) }).findings;
			expect(left.filter(({ nodeId, severity }) => touched.has(nodeId) && severity === 'error')).toEqual([]);
			expect(fixFlows(fixed.flows, { mode }).changes).toEqual([]);
		},
	);

	it('changes nothing in place, and nodes without changes stay the same objects', () => {
		const before = structuredClone(flows);
		const fixed = fixFlows(flows, { mode: 'load-balanced' });
		expect(flows).toEqual(before);
		expect(fixed.flows.find(({ id }) => id === 'x')).toBe(flows.at(-1));
		expect(fixed.flows.map(({ id }) => id)).toEqual(flows.map(({ id }) => id));
	});

	it('says what was before, and why', () => {
		expect(fixFlows([tab, broker(), sub(), out], { mode: 'load-balanced', group: 'plant' }).changes).toEqual([
			{ nodeId: 'in', property: 'topic', before: 'a', after: '$share/plant/a', why: 'The broker gives each message to one instance.' },
		]);
	});
});
