import { mqttQosZero } from '../../../../src/lib/lint/rules/mqtt-qos-zero.ts';
import { config, node, tab, testRule } from '../judge.ts';

const persistent = config('b', 'mqtt-broker', { clientid: 'plant', cleansession: false });
const sub = (id: string, topic: string, qos: string) => node(id, 'mqtt in', { topic, qos, broker: 'b' }, 'sink');
const sink = node('sink', 'debug');

testRule(mqttQosZero, {
	fires: [
		{
			name: 'beside a persistent session',
			flows: [tab, persistent, sub('n', 'a', '0'), sub('m', 'b', '0'), sink],
			balanced: [],
			spare: [['n', 'warning']],
			says: ['"a" and "b"'],
		},
		{
			name: 'on a shared subscription',
			flows: [tab, config('b', 'mqtt-broker'), sub('n', '$share/g/a', '0'), sink],
			balanced: [['n', 'info']],
			spare: [],
		},
	],
	dontFire: [
		{ name: 'with QoS 1', flows: [tab, persistent, sub('n', 'a', '1'), sink] },
		{
			name: 'with a clean session, which keeps nothing anyway',
			flows: [tab, config('b', 'mqtt-broker', { clientid: 'x' }), sub('n', 'a', '0'), sink],
		},
		{ name: 'where nothing is wired to it', flows: [tab, persistent, node('n', 'mqtt in', { topic: 'a', qos: '0', broker: 'b' })] },
	],
});
