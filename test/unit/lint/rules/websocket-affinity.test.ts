import { websocketAffinity } from '../../../../src/lib/lint/rules/websocket-affinity.ts';
import { config, node, tab, testRule } from '../judge.ts';

const listener = config('l', 'websocket-listener', { path: '/live' });

testRule(websocketAffinity, {
	fires: [
		{
			name: 'on an endpoint in use',
			flows: [tab, listener, node('n', 'websocket in', { server: 'l' })],
			balanced: [['l', 'warning']],
			spare: [],
			says: ['/live'],
		},
	],
	dontFire: [
		{ name: 'on an endpoint that nothing uses', flows: [tab, listener] },
		{ name: 'on a client', flows: [tab, config('c', 'websocket-client', {}), node('n', 'websocket in', { client: 'c' })] },
	],
});
