import { functionServer } from '../../../../src/lib/lint/rules/function-server.ts';
import { node, source, tab, testRule } from '../judge.ts';

const libs = [{ var: 'net', module: 'net' }];
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(functionServer, {
	fires: [
		{
			name: 'in On Start',
			flows: [tab, node('n', 'function', { func: '', initialize: 'net.createServer(() => {}).listen(5000);', libs })],
			...both,
			says: ['net.createServer'],
		},
		{
			name: 'at a message',
			flows: [tab, source('n'), node('n', 'function', { func: "global.get('dgram').createSocket('udp4').bind(5000);" })],
			...both,
		},
		{
			name: 'on a WebSocket server',
			flows: [tab, source('n'), node('n', 'function', { func: 'new ws.Server({ port: 5000 });', libs: [{ var: 'ws', module: 'ws' }] })],
			...both,
		},
	],
	dontFire: [
		{ name: 'on a client', flows: [tab, source('n'), node('n', 'function', { func: 'net.connect(5000);', libs })] },
		{ name: 'where no source reaches it', flows: [tab, node('n', 'function', { func: 'net.createServer();', libs })] },
	],
});
