import { mqttDynamicSubscription } from '../../../../src/lib/lint/rules/mqtt-dynamic-subscription.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');
const dynamic = node('in', 'mqtt in', { topic: '', broker: 'broker', inputs: 1 }, 'out');
const start = node('start', 'inject', { once: true }, 'in');

testRule(mqttDynamicSubscription, {
	fires: [
		{
			name: 'where a request makes the subscription',
			flows: [tab, broker(), source('in'), dynamic, out],
			balanced: [['in', 'warning']],
			spare: [['in', 'warning']],
		},
		{ name: 'where every start makes it', flows: [tab, broker(), start, dynamic, out], balanced: [['in', 'warning']], spare: [] },
	],
	dontFire: [
		{ name: 'on a fixed topic', flows: [tab, broker(), input(), out] },
		{ name: 'in hot-spare, made again at every start', flows: [tab, broker(), start, dynamic, out], modes: ['hot-spare'] },
	],
});
