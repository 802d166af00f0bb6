import type { FlowNode } from '../../flows/node.ts';

/** A property that says where a node connects to. */
export interface HostField {
	property: string;
	value: string;
	/** It holds a host, or an address: a word without dots is a host's name there. */
	isHost: boolean;
}

interface KnownField {
	property: string;
	/** Read only then. */
	when?: (node: FlowNode) => boolean;
}

const isClient = ({ server, beserver }: FlowNode) => (beserver ?? server) === 'client' || (beserver ?? server) === undefined;

/** Node-RED's own nodes, by the files of `@node-red/nodes/core/network` that read the property. */
const ofCore: Record<string, KnownField[]> = {
	'mqtt-broker': [{ property: 'broker' }], // 10-mqtt.js
	'http request': [{ property: 'url' }], // 21-httprequest.js
	'http proxy': [{ property: 'url' }], // 06-httpproxy.js
	'websocket-client': [{ property: 'path' }], // 22-websocket.js
	'tcp in': [{ property: 'host', when: isClient }], // 31-tcpin.js
	'tcp out': [{ property: 'host', when: isClient }], // 31-tcpin.js
	'tcp request': [{ property: 'server' }], // 31-tcpin.js
	'udp out': [{ property: 'addr' }], // 32-udp.js
};

/** Contributed config nodes, by their modules' editor files. */
const ofModules: Record<string, KnownField[]> = {
	influxdb: [
		{ property: 'hostname', when: ({ influxdbVersion }) => influxdbVersion === undefined || influxdbVersion === '1.x' },
		{ property: 'url', when: ({ influxdbVersion }) => influxdbVersion !== undefined && influxdbVersion !== '1.x' },
	], // node-red-contrib-influxdb
	MySQLdatabase: [{ property: 'host' }], // node-red-node-mysql
	postgreSQLConfig: [{ property: 'host' }], // node-red-contrib-postgresql
	'MSSQL-CN': [{ property: 'server' }], // node-red-contrib-mssql-plus
	'mongodb4-client': [{ property: 'host' }, { property: 'uri' }], // node-red-contrib-mongodb4
	mongodb: [{ property: 'hostname' }], // node-red-node-mongodb
	'modbus-client': [{ property: 'tcpHost', when: ({ clienttype }) => clienttype === 'tcp' || clienttype === undefined }], // node-red-contrib-modbus
	'OpcUa-Endpoint': [{ property: 'endpoint' }], // node-red-contrib-opcua
	'kafka-broker': [{ property: 'hosts' }], // node-red-contrib-kafka-manager
	'amqp-broker': [{ property: 'host' }], // @meowwolf/node-red-contrib-amqp
	'e-mail': [{ property: 'server' }], // node-red-node-email
	'home-assistant-server': [], // keeps its address among its credentials
	server: [], // the same module's older name
};

/** What other nodes are likely to call it. */
const usualNames = ['host', 'hostname', 'url', 'uri', 'server', 'broker', 'brokerurl', 'endpoint', 'tcpHost'];

/** Where a node's properties say that it connects to. @param which only what Node-RED's own nodes are known for, or all */
export function hostFields(node: FlowNode, which: 'core' | 'all' = 'all'): HostField[] {
	const table = own(ofCore, node.type) ?? (which === 'all' ? own(ofModules, node.type) : []);
	return (table ?? usual(node)).flatMap(({ property, when }) => {
		const value = node[property];
		return typeof value === 'string' && value.trim() !== '' && (when?.(node) ?? true)
			? [{ property, value: value.trim(), isHost: table !== undefined || property.toLowerCase().includes('host') }]
			: [];
	});
}

/** Paths of Node-RED's own server, and what only looks like an address. */
const NOT_CONNECTING: ReadonlySet<string> = new Set([
	'http in',
	'websocket-listener',
	'websocket in',
	'websocket out',
	'mqtt in',
	'mqtt out',
]);

function usual({ type }: FlowNode): KnownField[] {
	return NOT_CONNECTING.has(type) ? [] : usualNames.map((property) => ({ property }));
}

function own(table: Record<string, KnownField[]>, type: string): KnownField[] | undefined {
	return Object.hasOwn(table, type) ? table[type] : undefined;
}
