import { overlaps } from '../../../../src/lib/lint/mqtt.ts';
import { mqttSubscriptionOverlap } from '../../../../src/lib/lint/rules/mqtt-subscription-overlap.ts';
import { config, node, tab, testRule } from '../judge.ts';

const broker = config('b', 'mqtt-broker');
const sub = (id: string, topic: string, more = {}) => node(id, 'mqtt in', { topic, broker: 'b', ...more }, 'sink');
const sink = node('sink', 'debug');
const at = (id: string) => ({ balanced: [[id, 'info']] as [string, string][], spare: [[id, 'info']] as [string, string][] });

testRule(mqttSubscriptionOverlap, {
	fires: [
		{ name: 'on a wildcard over a topic', flows: [tab, broker, sub('n', 'a/#'), sub('m', 'a/b/c'), sink], ...at('n'), says: ['"a/b/c"'] },
		{
			name: 'on shared ones, whatever their group',
			flows: [tab, broker, sub('n', '$share/g/a/+'), sub('m', '$share/h/a/b'), sink],
			...at('n'),
		},
	],
	dontFire: [
		{ name: 'on topics apart', flows: [tab, broker, sub('n', 'a/+/b'), sub('m', 'a/+/c'), sink] },
		{ name: 'on the same topic twice, which is subscribed once', flows: [tab, broker, sub('n', 'a/#'), sub('m', 'a/#'), sink] },
		{
			name: 'on two connections',
			flows: [tab, broker, config('c', 'mqtt-broker'), sub('n', 'a/#'), sub('m', 'a/b', { broker: 'c' }), sink],
		},
	],
});

it.each([
	['a/#', 'a', true],
	['#', 'a/b', true],
	['+/b', 'a/+', true],
	['a/+', 'a/b/c', false],
	['a', 'a', true],
	['a', 'b', false],
	['a/b', 'a', false],
])('overlaps(%s, %s) is %s', (a, b, expected) => {
	expect([overlaps(a, b), overlaps(b, a)]).toEqual([expected, expected]);
});
