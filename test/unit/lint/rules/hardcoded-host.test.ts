import { hardcodedHost } from '../../../../src/lib/lint/rules/hardcoded-host.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

const broker = (host: string) => [tab, node('in', 'mqtt in', { broker: 'b' }), config('b', 'mqtt-broker', { broker: host })];
const at = (id: string, severity = 'warning') => ({
	balanced: [[id, severity]] as [string, string][],
	spare: [[id, severity]] as [string, string][],
});

testRule(hardcodedHost, {
	fires: [
		{ name: 'on localhost', flows: broker('localhost'), ...at('b'), says: ['localhost'] },
		{
			name: 'on a URL to a private address',
			flows: [tab, source('n'), node('n', 'http request', { url: 'http://192.168.1.7:8080/api' })],
			...at('n', 'info'),
			says: ['192.168.1.7'],
		},
		{ name: 'on a broker given as a URL', flows: broker('mqtt://127.0.0.1:1883'), ...at('b') },
		{
			name: 'once for a private address',
			flows: [
				tab,
				source('n', 'm'),
				node('n', 'http request', { url: 'http://10.0.0.2/a' }),
				node('m', 'http request', { url: 'http://10.0.0.2/b' }),
			],
			...at('n', 'info'),
			says: ['2 nodes'],
		},
		{
			name: 'on a device that is this machine',
			flows: [tab, node('n', 'modbus-read', { server: 'c' }), config('c', 'modbus-client', { tcpHost: '127.0.0.1' })],
			...at('c'),
		},
		{
			name: 'once for a node, however many of its fields say so',
			flows: [
				tab,
				node('n', 'influxdb out', { influxdb: 'c' }),
				config('c', 'influxdb', { hostname: '127.0.0.1', url: 'http://localhost:8086' }),
			],
			...at('c'),
		},
	],
	dontFire: [
		{ name: 'on a variable', flows: broker('${BROKER}') },
		{ name: 'on a public name or address', flows: [...broker('mqtt.example.com'), node('n', 'http request', { url: 'https://8.8.8.8/' })] },
		{
			name: 'on a device of the plant',
			flows: [tab, node('n', 'modbus-read', { server: 'c' }), config('c', 'modbus-client', { tcpHost: '192.168.1.9' })],
		},
		{
			name: 'on a URL that the message completes',
			flows: [tab, source('n'), node('n', 'http request', { url: 'http://{{host}}/localhost' })],
		},
		{ name: 'on a broker that nobody uses', flows: [tab, config('b', 'mqtt-broker', { broker: 'localhost' })] },
	],
});
