import type { NodeKnowledge } from './knowledge.ts';

const module = 'node-red';

/**
 * Node-RED's own nodes, as of 4.1 and 5.0; evidence is relative to `@node-red/nodes/core`. Types whose nature depends on their
 * properties (inject, tcp in, delay, join …) have rules of their own; here stands only what every such node has in common.
 */
export const core: readonly NodeKnowledge[] = [
	{ types: ['inject'], module, evidence: 'common/20-inject.js:79' },
	{ types: ['mqtt in'], module, emits: 'subscription', evidence: 'network/10-mqtt.js:56' },
	{ types: ['http in'], module, emits: 'request', evidence: 'network/21-httpin.js:290' },
	{ types: ['http response'], module, evidence: 'network/21-httpin.js:317' },
	{ types: ['websocket in'], module, emits: 'subscription', evidence: 'network/22-websocket.js:314' },
	{ types: ['tcp in'], module, emits: 'subscription', evidence: 'network/31-tcpin.js:211' },
	{ types: ['udp in'], module, emits: 'listener', evidence: 'network/32-udp.js:63' },
	{ types: ['watch'], module, emits: 'file', local: 'a folder or file that it watches', evidence: 'storage/23-watch.js:34' },
	{ types: ['catch', 'status', 'complete'], module, emits: 'internal', evidence: 'common/25-catch.js' },
	{ types: ['file'], module, local: 'a file that it writes', acts: true, evidence: 'storage/10-file.js:135' },
	{ types: ['file in'], module, local: 'a file that it reads', evidence: 'storage/10-file.js' },
	{ types: ['exec'], module, acts: true, evidence: 'function/90-exec.js:19' },
	{
		types: ['mqtt out', 'http request', 'tcp out', 'tcp request', 'udp out', 'websocket out'],
		module,
		acts: true,
		evidence: 'network/10-mqtt.js',
	},
	{
		types: ['function', 'change', 'switch', 'delay', 'trigger', 'rbe', 'join', 'split', 'batch', 'sort', 'csv'],
		module,
		evidence: 'function/10-function.js',
	},
	{ types: ['link in', 'link out', 'link call', 'junction'], module, inert: true, evidence: 'common/60-link.js' },
	{ types: ['range', 'template', 'html', 'json', 'xml', 'yaml'], module, inert: true, evidence: 'parsers/70-JSON.js' },
	{ types: ['debug', 'comment', 'unknown'], module, inert: true, evidence: 'common/21-debug.js' },
	{
		types: ['mqtt-broker', 'tls-config', 'http proxy', 'websocket-listener', 'websocket-client', 'global-config'],
		module,
		inert: true,
		evidence: 'network/05-tls.js',
	},
];
