import type { FlowNode } from '../flows/node.ts';
import { shorten, textOf } from './escape.ts';

/** Longer labels than any that fits a screen are cut: the editor would draw a node as wide as they are. */
const LONGEST = 120;

/**
 * What the editor writes on a node: its name, or for core types what its settings say, in English and for the editor's
 * default settings; for other types the type. `find` knows the nodes that settings refer to.
 */
export function nodeLabel(node: FlowNode, find: (id: unknown) => FlowNode | undefined): string {
	const name = textOf(node.name);
	const label = coreLabels.get(node.type)?.(node, name, find) || name || node.type;
	return shorten(label, LONGEST);
}

/** The label of a config node, as the editor's sidebar has it for the two that other nodes' labels need. */
export function configLabel(node: FlowNode): string {
	const name = textOf(node.name);
	if (name !== '') return shorten(name, LONGEST);
	if (node.type === 'mqtt-broker') {
		const { broker, clientid, port } = texts(node, 'broker', 'clientid', 'port');
		const address = broker.includes('://') ? broker : `${broker}:${port || '1883'}`;
		return shorten(`${clientid && `${clientid}@`}${address}`, LONGEST);
	}
	return shorten(textOf(node.path) || node.type, LONGEST);
}

type Label = (node: FlowNode, name: string, find: (id: unknown) => FlowNode | undefined) => string;

const coreLabels = new Map<string, Label>(
	Object.entries<Label>({
		inject: labelInject,
		debug: labelDebug,
		complete: (node, name) => name || `complete: ${Array.isArray(node.scope) ? node.scope.length : 0}`,
		catch: (node, name) => name || labelScope(node, node.uncaught ? 'catch: uncaught' : 'catch: all'),
		status: (node, name) => name || labelScope(node, 'status: all'),
		'link out': (node, name) => name || (node.mode === 'return' ? 'link return' : 'link out'),
		'link call': labelLinkCall,
		change: (node, name) => name || labelChange(node),
		range: (node, name) =>
			name || (textOf(node.minout) && textOf(node.maxout) ? `${textOf(node.minout)} - ${textOf(node.maxout)}` : 'range'),
		delay: (node, name) => name || labelDelay(node),
		trigger: (node, name) => name || labelTrigger(node),
		exec: (node, name) => name || textOf(node.command) || (textOf(node.useSpawn) === 'true' ? 'spawn' : 'exec'),
		rbe: (node, name) => name || textOf(node.func).replace('Eq', '').replace(/rbei?/, 'filter') || 'filter',
		'mqtt in': (node, name) => name || (node.topicType !== 'dynamic' && textOf(node.topic)) || 'mqtt',
		'mqtt out': (node, name) => name || textOf(node.topic) || 'mqtt',
		'http in': (node, name) => name || (textOf(node.url) ? `[${textOf(node.method)}] ${fromRoot(node.url)}` : 'http'),
		'http response': (node, name) => name || (textOf(node.statusCode) ? `http (${textOf(node.statusCode)})` : 'http'),
		'websocket in': labelWebSocket,
		'websocket out': labelWebSocket,
		'tcp in': (node, name) => name || labelAddress('tcp:', node.host, node.port),
		'tcp out': (node, name) => name || labelAddress('tcp:', node.host, node.port),
		'tcp request': (node, name) => name || labelAddress('tcp:', node.server, node.port),
		'udp in': (node, name) =>
			name || (textOf(node.multicast) === 'false' ? `udp ${textOf(node.port)}` : `udp ${textOf(node.group)}:${textOf(node.port)}`),
		'udp out': (node, name) => name || `udp ${textOf(node.addr)}:${textOf(node.port)}`,
		html: (node, name) => name || textOf(node.tag),
		join: (node, name) => {
			const { count } = texts(node, 'count');
			return `${name || 'join'}${node.mode === 'custom' && isCount(count) ? ` ${count}${node.accumulate === true ? '+' : ''}` : ''}`;
		},
		batch: (node, name) => {
			const { count, interval } = texts(node, 'count', 'interval');
			const amount =
				node.mode === 'count' && isCount(count) ? ` ${count}` : node.mode === 'interval' && isCount(interval) ? ` ${interval}s` : '';
			return `${name || 'batch'}${amount}`;
		},
		file: (node, name) => name || (node.overwriteFile === 'delete' ? `delete ${fileName(node)}` : fileName(node) || 'write file'),
		'file in': (node, name) => name || fileName(node) || 'read file',
		watch: (node, name) => name || textOf(node.files),
	}),
);

const injectKinds = new Map([
	['date', 'timestamp'],
	['bin', 'buffer'],
	['env', 'env variable'],
]);

function labelInject(node: FlowNode, name: string): string {
	const { repeat, crontab, payload, topic } = texts(node, 'repeat', 'crontab', 'payload', 'topic');
	const suffix = (repeat !== '' && Number(repeat) !== 0) || crontab !== '' ? ' ↻' : textOf(node.once) === 'true' ? ' ¹' : '';
	const type = textOf(node.payloadType) || 'str';
	if (name !== '') return name + suffix;
	if (['string', 'str', 'num', 'bool', 'json'].includes(type)) {
		if (topic !== '' && topic.length + payload.length <= 32) return `${topic}:${payload}${suffix}`;
		return (payload !== '' && payload.length < 24 ? payload : 'inject') + suffix;
	}
	const kind = injectKinds.get(type);
	if (kind !== undefined) return (topic !== '' && topic.length <= 16 ? `${topic}:${kind}` : kind) + suffix;
	return (type === 'flow' || type === 'global' ? `${type}.${contextKey(payload)}` : 'inject') + suffix;
}

function labelDebug(node: FlowNode, name: string): string {
	const suffix = textOf(node.console) === 'true' ? ' ⇲' : '';
	if (node.targetType === 'jsonata') return (name || 'JSONata') + suffix;
	const complete = textOf(node.complete);
	if (complete === 'true') return (name || 'msg') + suffix;
	return (name || `msg.${complete === 'false' || complete === '' ? 'payload' : complete}`) + suffix;
}

function labelScope({ type, scope }: FlowNode, all: string): string {
	if (scope === 'group') return `${type}: group`;
	return Array.isArray(scope) ? `${type}: ${scope.length}` : all;
}

function labelLinkCall(node: FlowNode, name: string, find: (id: unknown) => FlowNode | undefined): string {
	if (name !== '') return name;
	if (node.linkType === 'dynamic') return 'Dynamic';
	if (!Array.isArray(node.links) || node.links.length === 0) return 'none';
	return textOf(find(node.links[0])?.name) || 'link call';
}

const changeVerbs = new Map([
	['set', 'set'],
	['replace', 'set'],
	['change', 'change'],
	['move', 'move'],
]);

function labelChange(node: FlowNode): string {
	if (!Array.isArray(node.rules)) return `${changeVerbs.get(textOf(node.action)) ?? 'delete'} msg.${textOf(node.property)}`;
	if (node.rules.length !== 1) return `change: ${node.rules.length} rules`;
	const { t, p, pt } = Object(node.rules[0]);
	return `${changeVerbs.get(textOf(t)) ?? 'delete'} ${textOf(pt) || 'msg'}.${contextKey(textOf(p))}`;
}

function labelDelay(node: FlowNode): string {
	const { pauseType, timeout, timeoutUnits } = texts(node, 'pauseType', 'timeout', 'timeoutUnits');
	const { rate, rateUnits, nbRateUnits } = texts(node, 'rate', 'rateUnits', 'nbRateUnits');
	if (pauseType === 'delayv') return 'variable';
	if (pauseType === 'random') return 'random';
	if (pauseType === 'delay') return `delay ${timeout}${timeoutUnits === 'milliseconds' ? 'ms' : timeoutUnits.charAt(0) || 's'}`;
	const per = rateUnits ? `${Number(nbRateUnits) > 1 ? nbRateUnits : ''}${rateUnits.charAt(0)}` : 's';
	return `${pauseType === 'rate' ? 'limit' : pauseType === 'burst' ? 'burst' : 'limit topic'} ${rate} msg/${per}`;
}

function labelTrigger(node: FlowNode): string {
	const duration = Number(textOf(node.duration));
	if (duration > 0) return `trigger ${textOf(node.duration)}${textOf(node.units)}`;
	return duration < 0 ? `resend every ${-duration}${textOf(node.units)}` : 'trigger & block';
}

function labelWebSocket(node: FlowNode, name: string, find: (id: unknown) => FlowNode | undefined): string {
	if (name !== '') return name;
	const server = find(node.client || node.server);
	if (server === undefined) return 'websocket';
	return `[ws] ${server.type === 'websocket-listener' ? fromRoot(server.path) : textOf(server.path)}`;
}

function labelAddress(scheme: string, host: unknown, port: unknown): string {
	return `${scheme}${textOf(host) && `${textOf(host)}:`}${textOf(port)}`;
}

function fileName(node: FlowNode): string {
	const name = textOf(node.filename);
	return node.filenameType === 'env' ? `env.${name}` : node.filenameType === 'str' ? name : '';
}

function fromRoot(path: unknown): string {
	return `/${textOf(path).replace(/^\//, '')}`;
}

/** A context key without the store before it: `#:(file)::count` is `count`. */
function contextKey(key: string): string {
	return key.replace(/^#:\([^)]+\)::/, '');
}

function isCount(text: string): boolean {
	return !Number.isNaN(Number(text));
}

/** Properties as text, whatever they are. */
function texts<K extends string>(node: FlowNode, ...keys: K[]): Record<K, string> {
	return Object.fromEntries(keys.map((key) => [key, textOf(node[key])])) as Record<K, string>;
}
