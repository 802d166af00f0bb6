import { listeningPort } from '../../../../src/lib/lint/rules/listening-port.ts';
import { node, source, tab, testRule } from '../judge.ts';

testRule(listeningPort, {
	fires: [
		{
			name: 'on a TCP server',
			flows: [tab, node('n', 'tcp in', { server: 'server', port: '9000' })],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['TCP port 9000'],
		},
		{
			name: 'on a TCP server that sends',
			flows: [tab, node('n', 'tcp out', { beserver: 'server', port: '9001' })],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
		},
		{ name: 'on UDP', flows: [tab, node('n', 'udp in', { port: '9002' })], balanced: [['n', 'error']], spare: [['n', 'info']] },
		{
			name: 'on a contributed server',
			flows: [tab, node('n', 'modbus-server')],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['a Modbus server'],
		},
	],
	dontFire: [
		{ name: 'on a TCP client', flows: [tab, node('n', 'tcp in', { server: 'client', port: '9000' })] },
		{ name: 'on an answer over TCP', flows: [tab, node('n', 'tcp out', { beserver: 'reply' })] },
		{ name: 'on HTTP, which Node-RED serves on its own port', flows: [tab, source()] },
	],
});
