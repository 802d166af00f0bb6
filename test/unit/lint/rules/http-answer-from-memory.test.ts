import { httpAnswerFromMemory } from '../../../../src/lib/lint/rules/http-answer-from-memory.ts';
import { node, tab, testRule } from '../judge.ts';

const asked = (func: string) => [
	tab,
	node('ask', 'http in', { url: '/t', method: 'get' }, 'n'),
	node('n', 'function', { func }, 'answer'),
	node('answer', 'http response'),
];
const measured = (func: string) => [node('m', 'mqtt in', { topic: 't' }, 'w'), node('w', 'function', { func })];
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'info']] as [string, string][] };

testRule(httpAnswerFromMemory, {
	fires: [
		{
			name: 'on a value that another source writes',
			flows: [...asked("msg.payload = global.get('t');\nreturn msg;"), ...measured("global.set('t', msg.payload);")],
			...both,
			says: ['GET /t', 'global.t'],
		},
		{
			name: 'on a change node that reads it',
			flows: [
				tab,
				node('ask', 'http in', { url: '/t', method: 'get' }, 'n'),
				node('n', 'change', { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 't', tot: 'flow' }] }, 'answer'),
				node('answer', 'http response'),
				...measured("flow.set('t', msg.payload);"),
			],
			...both,
		},
	],
	dontFire: [
		{ name: 'on a value that nobody writes', flows: asked("msg.payload = global.get('t');\nreturn msg;") },
		{
			name: 'on a value that the request itself has set',
			flows: [
				tab,
				node('ask', 'http in', { url: '/t' }, 'w'),
				node('w', 'function', { func: "flow.set('t', msg.payload);\nreturn msg;" }, 'n'),
				node('n', 'function', { func: "msg.payload = flow.get('t');\nreturn msg;" }, 'answer'),
				node('answer', 'http response'),
			],
		},
		{
			name: 'on a value that only starts write',
			flows: [
				...asked("msg.payload = global.get('t');\nreturn msg;"),
				node('s', 'inject', { once: true }, 'w'),
				node('w', 'function', { func: "global.set('t', 1);" }),
			],
		},
		{
			name: 'where no answer follows',
			flows: [
				tab,
				node('ask', 'http in', { url: '/t' }, 'n'),
				node('n', 'function', { func: "msg.payload = global.get('t');" }),
				node('answer', 'http response'),
				...measured("global.set('t', msg.payload);"),
			],
		},
	],
});
