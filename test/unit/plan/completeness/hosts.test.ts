import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { hostOf } from '../../../../src/lib/plan/completeness/hosts.ts';
import { config, lacksOf, node, snapshotOf, tab } from './assess.ts';

const hosts = (given: FlowNode | FlowNode[], provisions: Parameters<typeof lacksOf>[1] = {}) =>
	lacksOf(snapshotOf([tab, ...[given].flat()]), provisions)
		.filter(({ kind }) => kind === 'host')
		.map(({ message }) => /to (\S+?)(?:,| by)/.exec(message)?.[1]);
const broker = (host: string) => config('b1', 'mqtt-broker', { name: 'plant', broker: host });

describe('hosts that resolve only in dev', () => {
	it.each([
		['localhost'],
		['127.0.0.1'],
		['127.1.2.3'],
		['::1'],
		['host.docker.internal'],
		['raspberrypi.local'],
		['mosquitto'],
		['dev-pi'],
		['mqtt_broker'],
	])('%s', (host) => {
		expect(hosts(broker(host))).toEqual([host]);
	});

	it.each([
		['mqtt.plant.example'],
		['broker.internal.example.com'],
		['192.168.1.20'],
		['10.0.0.4'],
		['${HOST}'],
		['{{host}}'],
		['${HOST}.example'],
		[''],
		['a1b2c3d4e5f60718'],
	])("not '%s'", (host) => {
		expect(hosts(broker(host), { variables: { HOST: 'mqtt.plant.example' } })).toEqual([]);
	});

	it.each<[string, FlowNode, string[]]>([
		['an http request', node('n', 'http request', { url: 'http://backend:8080/x' }), ['backend']],
		['an http request with a path of its own', node('n', 'http request', { url: 'https://localhost/{{topic}}' }), ['localhost']],
		['a request whose host comes with the message', node('n', 'http request', { url: 'http://{{host}}/x' }), []],
		['a WebSocket client', config('n', 'websocket-client', { path: 'ws://[::1]:1880/ws' }), ['::1']],
		['a WebSocket server', config('n', 'websocket-listener', { path: '/ws' }), []],
		['a TCP client', node('n', 'tcp in', { server: 'client', host: 'localhost' }), ['localhost']],
		['a TCP server', node('n', 'tcp in', { server: 'server', host: 'localhost' }), []],
		['a TCP server that sends', node('n', 'tcp out', { beserver: 'server', host: 'localhost' }), []],
		['UDP', node('n', 'udp out', { addr: '127.0.0.1' }), ['127.0.0.1']],
		['an http in', node('n', 'http in', { url: '/localhost' }), []],
		['InfluxDB 2', config('n', 'influxdb', { influxdbVersion: '2.0', hostname: '127.0.0.1', url: 'http://influx:8086' }), ['influx']],
		['an unknown type', node('n', 'acme', { server: 'http://localhost:1' }), ['localhost']],
		['a word of an unknown type', node('n', 'acme', { server: 'primary', url: 'list', endpoint: 'orders' }), []],
		['the id of a config node', node('n', 'acme', { host: 'b9' }), []],
		['a disabled node', node('n', 'http request', { url: 'http://backend/', d: true }), []],
	])('%s', (_, given, found) => {
		expect(hosts([given, config('b9', 'acme-config')])).toEqual(found);
	});

	it('may come by a variable, whose value is looked up where the node stands', () => {
		expect(hosts(broker('${HOST}'), { variables: { HOST: 'mqtt://user:secret@localhost:1883' } })).toEqual(['localhost']);
		const [lack] = lacksOf(snapshotOf([tab, broker('${HOST}')]), { variables: { HOST: 'mqtt://user:secret@localhost:1883' } });
		expect(JSON.stringify(lack)).not.toContain('secret');
		expect(lack?.message).toContain("mqtt-broker 'plant' connects to localhost by the variable HOST,");
		const group: FlowNode = { ...tab, env: [{ name: 'HOST', type: 'str', value: 'redis' }] };
		expect(hosts([group, node('n', 'tcp request', { server: '${HOST}' })])).toEqual(['redis']);
	});

	it('are said once for all nodes, as likely', () => {
		const lacks = lacksOf(snapshotOf([tab, broker('localhost'), node('n', 'http request', { url: 'http://LOCALHOST/' })]));
		expect(lacks).toEqual([
			{
				kind: 'host',
				certainty: 'likely',
				nodes: [
					{ id: 'b1', type: 'mqtt-broker', name: 'plant' },
					{ id: 'n', type: 'http request', name: '' },
				],
				message:
					"mqtt-broker 'plant' and http request 'n' connect to localhost, which is the machine itself: what it is to find there must run beside production too",
				remedy:
					'let the field be a variable that each environment sets; where it is right in production, add localhost to environments.production.hosts',
			},
		]);
	});

	it('are private addresses too where the dev Node-RED has one', () => {
		const source = { kind: 'admin-api', url: 'http://192.168.1.20:1880/admin', rev: 'r' } as const;
		const found = lacksOf(snapshotOf([tab, broker('192.168.1.20'), node('n', 'udp out', { addr: '192.168.1.21' })], {}, { source }));
		expect(found.map(({ message }) => message)).toEqual(["mqtt-broker 'plant' connects to 192.168.1.20, where the dev Node-RED runs"]);
	});

	it('may be accepted, by patterns', () => {
		expect(hosts(broker('localhost'), { hosts: ['localhost'] })).toEqual([]);
		expect(hosts(broker('plc-7.LOCAL'), { hosts: ['PLC-*.local'] })).toEqual([]);
		expect(hosts(broker('localhost'), { hosts: ['local'] })).toEqual(['localhost']);
	});
});

describe('hostOf', () => {
	it.each([
		['host', 'host'],
		['host:1883', 'host'],
		['mqtt://u:p@Host:1883/path', 'host'],
		['[::1]:80', '::1'],
		['/path', null],
		['http://{{x}}/', null],
		['not a host', null],
		['', null],
	])("finds in '%s' %s", (text, host) => {
		expect(hostOf(text)).toBe(host);
	});
});
