import { cleanSessionGap } from '../../../../src/lib/lint/rules/clean-session-gap.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');

testRule(cleanSessionGap, {
	fires: [
		{ name: 'at QoS 1', flows: [tab, broker(), input(), out], balanced: [], spare: [['broker', 'warning']], says: ['"a/b"'] },
		{
			name: 'at the default QoS, which is 2',
			flows: [tab, broker(), node('in', 'mqtt in', { topic: 'a', broker: 'broker' }, 'out'), out],
			balanced: [],
			spare: [['broker', 'warning']],
		},
		{ name: 'softly at QoS 0', flows: [tab, broker(), input({ qos: '0' }), out], balanced: [], spare: [['broker', 'info']] },
		{
			name: 'once for a broker',
			flows: [tab, broker(), input(), { ...input(), id: 'in2' }, out],
			balanced: [],
			spare: [['broker', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on a persistent session', flows: [tab, broker({ clientid: 'x', cleansession: false }), input(), out] },
		{ name: 'on a shared subscription', flows: [tab, broker(), input({ topic: '$share/g/a' }), out] },
		{
			name: 'for a broker that is only published to',
			flows: [tab, broker(), source('pub'), node('pub', 'mqtt out', { broker: 'broker' })],
		},
	],
});
