import type { Mode } from '../../../../src/lib/flows/mode.ts';
import type { ContextStores } from '../../../../src/lib/lint/context-stores.ts';
import { lint } from '../../../../src/lib/lint/engine.ts';
import { contextWrite } from '../../../../src/lib/lint/rules/context-write.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

const reader = node('r', 'function', { func: "msg.payload = flow.get('last');\nreturn msg;" });
const writer = (func: string) => node('w', 'function', { func });
const both = { balanced: [['w', 'error']] as [string, string][], spare: [['w', 'warning']] as [string, string][] };

testRule(contextWrite, {
	fires: [
		{
			name: 'where another function reads the key',
			flows: [tab, source('w', 'r'), writer("flow.set('last', msg.payload);"), reader],
			...both,
			says: ['flow.last'],
		},
		{
			name: 'for a change node',
			flows: [
				tab,
				source('w', 'r'),
				node('w', 'change', { rules: [{ t: 'set', p: 'last', pt: 'flow', to: 'payload', tot: 'msg' }] }),
				reader,
			],
			...both,
		},
		{
			name: 'where a switch reads it',
			flows: [
				tab,
				source('w', 's'),
				writer("flow.set('on', true);"),
				node('s', 'switch', { property: 'on', propertyType: 'flow', rules: [] }),
			],
			...both,
		},
		{
			name: 'where JSONata reads it',
			flows: [
				tab,
				source('w', 's'),
				writer("flow.set('on', true);"),
				node('s', 'switch', { property: "$flowContext('on')", propertyType: 'jsonata', rules: [] }),
			],
			...both,
		},
		{
			name: 'where a template reads it',
			flows: [tab, source('w', 's'), writer("global.set('name', 'x');"), node('s', 'template', { template: 'Hi {{global.name}}' })],
			...both,
		},
		{
			name: 'where a computed key may read it',
			flows: [tab, source('w', 's'), writer("flow.set('a', 1);"), node('s', 'function', { func: 'return flow.get(msg.topic);' })],
			...both,
		},
		{
			name: 'through several keys at once',
			flows: [tab, source('w', 'r'), writer("flow.set(['first', 'last'], [1, 2]);"), reader],
			...both,
		},
		{
			name: 'where one way to the reader does not pass the writer',
			flows: [
				tab,
				source('w', 'x'),
				node('w', 'function', { func: "flow.set('last', 1);\nreturn msg;" }, 'r'),
				node('x', 'json', {}, 'r'),
				reader,
			],
			...both,
		},
		{
			name: 'where the writer on the way writes only sometimes',
			flows: [tab, source('w'), node('w', 'function', { func: "if (msg.payload) flow.set('last', 1);\nreturn msg;" }, 'r'), reader],
			...both,
		},
		{
			name: 'where the reader is a source itself',
			flows: [
				tab,
				source('w'),
				node('w', 'function', { func: "flow.set('last', 1);\nreturn msg;" }, 'r'),
				node('r', 'function', { func: "return flow.get('last');", initialize: 'node.send({});' }),
			],
			...both,
		},
	],
	dontFire: [
		{
			name: 'where no source reaches the reader',
			flows: [tab, source('w'), writer("flow.set('last', 1);"), node('r', 'function', { func: "return flow.get('last');" })],
		},
		{
			name: 'where only another part of the same object is read',
			flows: [
				tab,
				source('w', 'r'),
				writer("flow.set('pump.speed', 1);"),
				node('r', 'function', { func: "return flow.get('pump.mode');" }),
			],
		},
		{
			name: 'where each reader comes after the writer in the same message',
			flows: [
				tab,
				source('w'),
				node('w', 'change', { rules: [{ t: 'set', p: 'last', pt: 'flow', to: 'payload', tot: 'msg' }] }, 'mid'),
				node('mid', 'json', {}, 'r'),
				reader,
			],
		},
		{
			name: 'where that way leads through links and a loop',
			flows: [
				tab,
				source('w'),
				node('w', 'function', { func: "flow.set('last', msg.payload);\nreturn msg;" }, 'lo'),
				node('lo', 'link out', { links: ['li'] }),
				node('li', 'link in', { links: ['lo'] }, 'r'),
				{ ...reader, wires: [['r']] },
			],
		},
		{ name: 'where nobody reads the key', flows: [tab, source('w'), writer("flow.set('last', msg.payload);")] },
		{
			name: 'where only another flow reads a flow key',
			flows: [tab, { id: 'tab2', type: 'tab' }, source('w'), writer("flow.set('last', 1);"), { ...reader, z: 'tab2' }],
		},
		{ name: 'where only a disabled node reads it', flows: [tab, source('w'), writer("flow.set('last', 1);"), { ...reader, d: true }] },
		{
			name: 'where only starts write it',
			flows: [tab, node('s', 'inject', { once: true }, 'w'), writer("flow.set('last', 1);"), source('r'), reader],
		},
		{
			name: 'where On Start writes it, on every instance',
			flows: [tab, source('w', 'r'), node('w', 'function', { func: 'return msg;', initialize: "flow.set('last', 0);" }), reader],
		},
		{ name: 'where only a person sets it', flows: [tab, button('w'), writer("flow.set('last', 1);"), source('r'), reader] },
		{ name: 'on commented-out code', flows: [tab, source('w', 'r'), writer("// flow.set('last', 1);\nreturn msg;"), reader] },
	],
});

describe('context-write with context stores', () => {
	const flows = [
		tab,
		source('w', 'r'),
		writer("flow.set('last', 1, 's');"),
		node('r', 'function', { func: "return flow.get('last', 's');" }),
	];
	const severity = (mode: Mode, contextStores?: ContextStores) =>
		lint(flows, { mode, rules: [contextWrite], ...(contextStores ? { contextStores } : {}) }).findings.map((finding) => finding.severity);
	it.each<[string, ContextStores | undefined, string[], string[]]>([
		['nobody knows', undefined, ['warning'], ['info']],
		['memory', { s: { module: 'memory' } }, ['error'], ['warning']],
		['files', { s: { module: 'localfilesystem' } }, ['error'], ['warning']],
		['shared', { s: { module: 'x', shared: true } }, [], []],
	])('%s', (_name, stores, balanced, spare) => {
		expect([severity('load-balanced', stores), severity('hot-spare', stores)]).toEqual([balanced, spare]);
	});
});
