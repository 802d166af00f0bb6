import type { NodeKnowledge } from './knowledge.ts';

/**
 * Node-RED's own nodes, as of 4.1 and 5.0. Types whose nature depends on their properties (inject, tcp in, delay, join …)
 * have rules of their own; here stands only what every such node has in common.
 */
export const core: readonly NodeKnowledge[] = [
	{ types: ['inject'], module: 'node-red' },
	{ types: ['mqtt in'], module: 'node-red', emits: 'subscription' },
	{ types: ['http in'], module: 'node-red', emits: 'request' },
	{ types: ['websocket in'], module: 'node-red', emits: 'subscription' },
	{ types: ['tcp in'], module: 'node-red', emits: 'subscription' },
	{ types: ['udp in'], module: 'node-red', emits: 'listener' },
	{ types: ['watch'], module: 'node-red', emits: 'file', local: 'a folder or file that it watches' },
	{ types: ['catch', 'status', 'complete'], module: 'node-red', emits: 'internal' },
	{ types: ['file'], module: 'node-red', local: 'a file that it writes', acts: true },
	{ types: ['file in'], module: 'node-red', local: 'a file that it reads' },
	{
		types: ['mqtt out', 'http request', 'tcp out', 'tcp request', 'udp out', 'websocket out', 'exec'],
		module: 'node-red',
		acts: true,
	},
	{ types: ['function', 'change', 'switch', 'delay', 'trigger', 'rbe', 'join', 'split', 'batch', 'sort', 'csv'], module: 'node-red' },
	{
		types: [
			'debug',
			'comment',
			'junction',
			'link in',
			'link out',
			'link call',
			'range',
			'template',
			'html',
			'json',
			'xml',
			'yaml',
			'unknown',
		],
		module: 'node-red',
		inert: true,
	},
	{
		types: ['mqtt-broker', 'tls-config', 'http proxy', 'websocket-listener', 'websocket-client', 'global-config'],
		module: 'node-red',
		inert: true,
	},
];
