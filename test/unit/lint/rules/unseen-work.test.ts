import { unseenWork } from '../../../../src/lib/lint/rules/unseen-work.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (func: string) => [tab, source('n'), node('n', 'function', { func })];
const both = { balanced: [['n', 'warning']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(unseenWork, {
	fires: [
		{
			name: 'on a promise that nobody awaits',
			flows: code('lib.get().then((r) => { node.send({ payload: r }); });'),
			...both,
			says: ['Line 1', 'callback of then'],
		},
		{ name: 'on an event', flows: code("client.on('data', function (d) {\n  node.send({ payload: d });\n});"), ...both, says: ['Line 2'] },
		{
			name: 'in a loop inside a callback',
			flows: code('lib.query((rows) => rows.forEach((row) => node.send(row)));'),
			...both,
			says: ['callback of query'],
		},
	],
	dontFire: [
		{ name: 'where the promise is awaited', flows: code('await lib.get().then((r) => node.send(r));') },
		{ name: 'where the promise is returned', flows: code('return lib.get().then((r) => { node.send(r); });') },
		{ name: 'where the code says when it is done', flows: code('lib.get((r) => { node.send(r); node.done(); });') },
		{ name: 'in callbacks that run at once', flows: code('msg.payload.forEach((p) => node.send({ payload: p }));') },
		{
			name: 'in a promise of its own making',
			flows: code('await new Promise((resolve) => lib.get((r) => { node.send(r); resolve(); }));'),
		},
		{ name: 'on a timer, which has its own rule', flows: code('setTimeout(() => node.send(msg), 10);') },
		{ name: 'where no source reaches it', flows: [tab, node('n', 'function', { func: 'lib.get((r) => node.send(r));' })] },
	],
});
