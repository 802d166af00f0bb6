import { mqttBirthWill } from '../../../../src/lib/lint/rules/mqtt-birth-will.ts';
import { config, node, tab, testRule } from '../judge.ts';

const used = (properties: Record<string, unknown>) => [
	tab,
	node('in', 'mqtt in', { topic: 'a', broker: 'b' }),
	config('b', 'mqtt-broker', properties),
];

testRule(mqttBirthWill, {
	fires: [
		{
			name: 'on one topic without a client id',
			flows: used({ birthTopic: 's', willTopic: 's' }),
			balanced: [['b', 'warning']],
			spare: [['b', 'info']],
			says: ['"s"'],
		},
		{
			name: 'on a will alone where several serve',
			flows: used({ willTopic: 's', clientid: 'x' }),
			balanced: [['b', 'warning']],
			spare: [],
		},
		{
			name: 'in the nested form',
			flows: used({ will: { topic: 's' }, birth: { topic: 's' } }),
			balanced: [['b', 'warning']],
			spare: [['b', 'info']],
		},
	],
	dontFire: [
		{ name: 'without a will', flows: used({ birthTopic: 's', willTopic: '' }) },
		{
			name: 'where one client id ends the former connection',
			flows: used({ birthTopic: 's', willTopic: 's', clientid: 'x' }),
			modes: ['hot-spare'],
		},
		{ name: 'on a broker that nobody uses', flows: [config('b', 'mqtt-broker', { willTopic: 's' })] },
	],
});
