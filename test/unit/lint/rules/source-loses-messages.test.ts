import { sourceLosesMessages } from '../../../../src/lib/lint/rules/source-loses-messages.ts';
import { node, tab, testRule } from '../judge.ts';

const heard = (type: string, properties = {}) => [tab, node('n', type, properties, 'sink'), node('sink', 'debug')];

testRule(sourceLosesMessages, {
	fires: [
		{
			name: 'on a queue without acknowledgement',
			flows: heard('amqp in', { iotype: '4' }),
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['without acknowledging'],
		},
		{ name: 'on a Redis channel', flows: heard('redis-in', { command: 'subscribe' }), balanced: [], spare: [['n', 'warning']] },
		{
			name: 'on a NATS queue group',
			flows: heard('natsio-sub', { queue: 'plant' }),
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on a consumer group, which goes on where it stopped', flows: heard('kafkajs-consumer', { groupid: 'plant' }) },
		{ name: 'where nothing is wired to it', flows: [tab, node('n', 'redis-in', { command: 'subscribe' })] },
	],
});
