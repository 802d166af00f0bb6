import { connectionNotShared } from '../../../../src/lib/lint/rules/connection-not-shared.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

testRule(connectionNotShared, {
	fires: [
		{
			name: 'on a WebSocket client',
			flows: [
				tab,
				config('client', 'websocket-client', { path: 'ws://h/' }),
				node('in', 'websocket in', { client: 'client', server: '' }, 'out'),
				node('out', 'debug'),
			],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on a TCP client',
			flows: [tab, node('in', 'tcp in', { server: 'client', host: 'h', port: '1' }, 'out'), node('out', 'debug')],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on state changes of Home Assistant',
			flows: [tab, node('in', 'server-state-changed', {}, 'out'), node('out', 'api-call-service')],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on an OPC UA subscription',
			flows: [tab, node('in', 'OpcUa-Client', { action: 'subscribe' }, 'out'), node('out', 'debug')],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on a Kafka consumer without a group',
			flows: [tab, node('in', 'kafkajs-consumer', { groupid: '' }, 'out'), node('out', 'debug')],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on an AMQP exchange',
			flows: [tab, node('in', 'amqp in', { iotype: '1' }, 'out'), node('out', 'debug')],
			balanced: [['in', 'error']],
			spare: [],
		},
		{
			name: 'on a Redis channel',
			flows: [tab, node('in', 'redis-in', { command: 'psubscribe' }, 'out'), node('out', 'debug')],
			balanced: [['in', 'error']],
			spare: [],
		},
	],
	dontFire: [
		{ name: 'on a Kafka consumer group', flows: [tab, node('in', 'kafkajs-consumer', { groupid: 'g' }, 'out'), node('out', 'debug')] },
		{ name: 'on an AMQP queue', flows: [tab, node('in', 'amqp in', { iotype: '4' }, 'out'), node('out', 'debug')] },
		{ name: 'on a Redis list', flows: [tab, node('in', 'redis-in', { command: 'blpop' }, 'out'), node('out', 'debug')] },
		{ name: 'on a NATS queue group', flows: [tab, node('in', 'natsio-sub', { queue: 'g' }, 'out'), node('out', 'debug')] },
		{
			name: 'on a WebSocket endpoint',
			flows: [
				tab,
				config('l', 'websocket-listener', { path: '/ws' }),
				node('in', 'websocket in', { server: 'l' }, 'out'),
				node('out', 'debug'),
			],
		},
		{ name: 'on an OPC UA read', flows: [tab, source('in'), node('in', 'OpcUa-Client', { action: 'read' }, 'out'), node('out', 'debug')] },
		{ name: 'on an HTTP endpoint', flows: [tab, source('out'), node('out', 'http response')] },
	],
});
