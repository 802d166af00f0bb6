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
	],
	dontFire: [
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
