import { mqttSubscriptionNotShared } from '../../../../src/lib/lint/rules/mqtt-subscription-not-shared.ts';
import { config, node, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');

testRule(mqttSubscriptionNotShared, {
	fires: [
		{ name: 'on a plain topic', flows: [tab, broker(), input(), out], balanced: [['in', 'error']], spare: [], says: ['"a/b"'] },
		{ name: 'on a wildcard', flows: [tab, broker(), input({ topic: '#' }), out], balanced: [['in', 'error']], spare: [] },
		{
			name: 'less surely where the values are only shown or kept',
			flows: [
				tab,
				broker(),
				node('in', 'mqtt in', { topic: 'a/b', broker: 'broker' }, 'g', 'c'),
				node('g', 'ui_gauge'),
				node('c', 'function', { func: "global.set('t', msg.payload);" }),
			],
			balanced: [['in', 'error']],
			spare: [],
			says: ['only keeps or shows'],
		},
		{
			name: 'softly on a topic from the environment',
			flows: [tab, broker(), input({ topic: '${TOPIC}' }), out],
			balanced: [['in', 'warning']],
			spare: [],
		},
		{
			name: 'and says how often it runs inside a subflow',
			flows: [
				tab,
				broker(),
				{ id: 'sub', type: 'subflow', name: 'S', in: [], out: [] },
				{ ...input(), z: 'sub' },
				{ ...out, z: 'sub' },
				node('one', 'subflow:sub'),
				node('two', 'subflow:sub'),
			],
			balanced: [['in', 'error']],
			spare: [],
			says: ['runs 2 times'],
		},
	],
	dontFire: [
		{ name: 'on a shared topic', flows: [tab, broker(), input({ topic: '$share/g/a/b' }), out] },
		{ name: 'where nothing listens to the node', flows: [tab, broker(), node('in', 'mqtt in', { topic: 'a', broker: 'broker' })] },
		{
			name: 'inside a subflow without an instance',
			flows: [tab, broker(), { id: 'sub', type: 'subflow' }, { ...input(), z: 'sub' }, { ...out, z: 'sub' }],
		},
		{ name: 'in hot-spare, where one instance is subscribed', flows: [tab, broker(), input(), out], modes: ['hot-spare'] },
	],
});
