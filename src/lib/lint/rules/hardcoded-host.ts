import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const hardcodedHost: Rule = {
	id: 'hardcoded-host',
	family: 'portability',
	summary: 'The name of this machine, or a private address, in a server field',
	*check(context) {
		const byHost = new Map<string, { host: string; nodes: FlowNode[] }>();
		for (const node of context.inUse) {
			for (const host of hostsOf(node)) {
				// What is not there on another machine is wrong at each node; an address that dev and production share is one question.
				const key = isOwn(host) ? node.id : host;
				const known = byHost.get(key);
				if (known) known.nodes.push(node);
				else byHost.set(key, { host, nodes: [node] });
			}
		}
		for (const { host, nodes } of byHost.values()) {
			const [first] = nodes;
			if (!first) continue;
			const own = isOwn(host);
			yield {
				node: first,
				severity: own ? 'warning' : 'info',
				confidence: own ? 'high' : 'low',
				message: own
					? `It connects to ${host}, which is another machine or container for each instance: what runs beside the dev instance must run beside every instance of production.`
					: `It connects to ${host}, an address of a private network: production must be in that network and use the same server as dev. (Said once for ${countOf(nodes)}.)`,
				remediation: 'Let the whole field be a variable, such as ${BROKER_HOST}, that each environment sets.',
				related: nodes.slice(1, 4).map((node) => ({ node, why: 'connects to the same host' })),
			};
		}
	},
};

/** Fields that name a server. A device of the plant is where it is: its private address is left out, but not `localhost`. */
const serverFields = [
	'broker',
	'host',
	'hostname',
	'url',
	'server',
	'brokerurl',
	'uri',
	'influxdbhost',
	'addr',
	'tcpHost',
	'ip',
	'address',
	'endpoint',
];
const servedTypes =
	/^(?:mqtt-broker|http request|websocket-client|influxdb|MySQLdatabase|postgreSQLConfig|postgresDB|MSSQL-CN|mongodb\d?|mongodb4-client|redis-config|amqp-server|amqp-broker|kafka-broker|kafkajs-client|Stackhero-InfluxDB-v2-Server|tcp out|tcp in|tcp request|udp out|OpcUa-Endpoint|e-mail)$/;

function hostsOf(node: FlowNode): string[] {
	const isServer = servedTypes.test(node.type);
	const hosts: string[] = [];
	for (const field of serverFields) {
		const value = node[field];
		if (typeof value !== 'string' || value === '' || value.includes('{{')) continue;
		const host = hostOf(value.trim());
		if (host !== null && !hosts.includes(host) && (isOwn(host) || (isServer && isPrivate(host)))) hosts.push(host);
	}
	return hosts;
}

function hostOf(value: string): string | null {
	const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?(\[[^\]]+\]|[^\s/:?#]+)/i.exec(value);
	return match?.[1]?.toLowerCase() ?? null;
}

const ipV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;

function isOwn(host: string): boolean {
	return host === 'localhost' || host === '[::1]' || (ipV4.test(host) && host.startsWith('127.'));
}

function isPrivate(host: string): boolean {
	return ipV4.test(host) && /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host);
}

function countOf(nodes: readonly FlowNode[]): string {
	return nodes.length === 1 ? 'this node' : `${nodes.length} nodes`;
}
