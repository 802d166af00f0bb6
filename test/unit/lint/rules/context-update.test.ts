import { withSharedStore } from '../../../../src/lib/lint/context-stores.ts';
import { lint } from '../../../../src/lib/lint/engine.ts';
import { contextUpdate } from '../../../../src/lib/lint/rules/context-update.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (func: string, more = {}) => [tab, source('n'), node('n', 'function', { func, ...more })];
const change = (rule: object) => [tab, source('n'), node('n', 'change', { rules: [rule] })];
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(contextUpdate, {
	fires: [
		{
			name: 'on a count in flow context',
			flows: code("const n = (flow.get('n') || 0) + 1;\nflow.set('n', n);\nreturn msg;"),
			...both,
			says: ['flow.n (line 2 of On Message)'],
		},
		{ name: 'on node context', flows: code("context.set('n', context.get('n') + 1);"), ...both },
		{ name: 'on an alias', flows: code("const g = global;\ng.set('n', g.get('n') + 1);"), ...both },
		{ name: 'on destructured methods', flows: code("const { get, set } = flow;\nset('n', get('n') + 1);"), ...both },
		{ name: 'on legacy forms', flows: code('context.global.n = context.global.n + 1;'), ...both, says: ['global.n'] },
		{ name: 'on context.x', flows: code('context.n = context.n || 0;\ncontext.n++;'), ...both },
		{ name: 'on computed keys', flows: code('flow.set(msg.topic, flow.get(msg.topic) + 1);'), ...both, says: ['computed key'] },
		{ name: 'on a list that is changed in place', flows: code("const list = flow.get('list') || [];\nlist.push(msg.payload);"), ...both },
		{ name: 'on a part of a value', flows: code("flow.set('stats.count', flow.get('stats').count + 1);"), ...both },
		{
			name: 'softly on a lasting store',
			flows: code("flow.set('n', flow.get('n', 'disk') + 1, 'disk');"),
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
			says: ['"disk"'],
		},
		{
			name: 'on JSONata in a change node',
			flows: change({ t: 'set', p: 'qty', pt: 'flow', to: "$flowContext('qty') - 1", tot: 'jsonata' }),
			...both,
			says: ['flow.qty (rule 1)'],
		},
		{
			name: 'on search and replace',
			flows: change({ t: 'change', p: 'text', pt: 'global', from: 'a', fromt: 'str', to: 'b', tot: 'str' }),
			...both,
		},
	],
	dontFire: [
		{ name: 'on reads alone', flows: code("msg.payload = global.get('limit');\nreturn msg;") },
		{ name: 'on commented-out code', flows: code("// flow.set('n', flow.get('n') + 1);\n/* context.n++ */\nreturn msg;") },
		{ name: 'on strings', flows: code("msg.payload = \"flow.set('n', flow.get('n') + 1)\";\nreturn msg;") },
		{ name: 'on a variable that is called flow', flows: code("const flow = new Map();\nflow.set('n', flow.get('n') + 1);") },
		{ name: 'on different keys', flows: code("flow.set('a', flow.get('b'));") },
		{ name: 'on different scopes', flows: code("flow.set('a', global.get('a'));") },
		{ name: 'in On Start', flows: code('return msg;', { initialize: "flow.set('n', flow.get('n') || 0);" }) },
		{ name: 'where nothing reaches it', flows: [tab, node('n', 'function', { func: "flow.set('n', flow.get('n') + 1);" })] },
		{
			name: 'where only a start reaches it',
			flows: [tab, node('s', 'inject', { once: true }, 'n'), node('n', 'function', { func: "flow.set('n', flow.get('n') || 1);" })],
		},
		{
			name: 'on JSONata that reads another key',
			flows: change({ t: 'set', p: 'a', pt: 'flow', to: "$flowContext('b') - 1", tot: 'jsonata' }),
		},
	],
});

describe('context-update where instances share their context', () => {
	const judge = (func: string) =>
		lint(code(func), { mode: 'hot-spare', rules: [contextUpdate], contextStores: withSharedStore(undefined) }).findings;

	it('fires for a change inside of a copy that is not set again', () => {
		expect(judge("const list = flow.get('list') || [];\nlist.push(msg.payload);")).toEqual([
			expect.objectContaining({ nodeId: 'n', severity: 'warning', message: expect.stringContaining('It changes the inside of flow.list') }),
		]);
		expect(judge("const list = flow.get('list') || [];\nlist.push(msg.payload);\nflow.set('other', list);")).toHaveLength(1);
	});

	it.each([
		"const n = (flow.get('n') || 0) + 1;\nflow.set('n', n);",
		"const list = flow.get('list') || [];\nlist.push(msg.payload);\nflow.set('list', list);",
		"const list = flow.get('all.list') || [];\nlist.push(msg.payload);\nflow.set('all.list', list);",
		'const list = flow.get(msg.topic) || [];\nlist.push(msg.payload);\nflow.set(msg.topic, list);',
	])('does not fire for what survives a takeover: %s', (func) => {
		expect(judge(func)).toEqual([]);
	});
});
