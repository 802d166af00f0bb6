import { mqttRetainedReplay } from '../../../../src/lib/lint/rules/mqtt-retained-replay.ts';
import { config, node, tab, testRule } from '../judge.ts';

const broker = config('b', 'mqtt-broker');
const out = (topic: string, retain: unknown = 'true') => node('out', 'mqtt out', { topic, retain, broker: 'b' });
const sub = (topic: string, more = {}, ...targets: string[]) => node('n', 'mqtt in', { topic, qos: '1', broker: 'b', ...more }, ...targets);

testRule(mqttRetainedReplay, {
	fires: [
		{
			name: 'where the same topic is published',
			flows: [tab, broker, out('a/mode'), sub('a/mode', {}, 'act'), node('act', 'http request', { name: 'Pump' })],
			balanced: [],
			spare: [['n', 'info']],
			says: ['down to Pump'],
		},
		{ name: 'by a wildcard', flows: [tab, broker, out('a/mode', true), sub('a/#', {}, 'out')], balanced: [], spare: [['n', 'info']] },
		{
			name: 'on a shared subscription',
			flows: [tab, broker, out('a/mode'), sub('$share/g/a/+', {}, 'out')],
			balanced: [['n', 'info']],
			spare: [],
		},
	],
	dontFire: [
		{ name: 'on another topic', flows: [tab, broker, out('a/mode'), sub('a/speed', {}, 'out')] },
		{ name: 'where nothing is retained', flows: [tab, broker, out('a/mode', 'false'), sub('a/mode', {}, 'out')] },
		{ name: 'where it only shows something', flows: [tab, broker, out('a/mode'), sub('a/mode', {}, 'd'), node('d', 'debug')] },
		{ name: 'where it asks for none', flows: [tab, broker, out('a/mode'), sub('a/mode', { rh: 2 }, 'out')] },
		{ name: 'on another broker', flows: [tab, broker, config('c', 'mqtt-broker'), out('a/mode'), sub('a/mode', { broker: 'c' }, 'out')] },
	],
});
