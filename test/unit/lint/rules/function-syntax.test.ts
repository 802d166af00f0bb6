import { functionSyntax } from '../../../../src/lib/lint/rules/function-syntax.ts';
import { node, tab, testRule } from '../judge.ts';

const code = (properties: object) => node('n', 'function', { func: 'return msg;', ...properties });
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'error']] as [string, string][] };

testRule(functionSyntax, {
	fires: [
		{
			name: 'on a missing brace',
			flows: [tab, code({ func: 'if (msg) {\nreturn msg;' })],
			...both,
			says: ['On Message does not parse, at line'],
		},
		{ name: 'on the place of the fault', flows: [tab, code({ func: 'let a = 1;\nlet b = = 2;' })], ...both, says: ['line 2, column 9'] },
		{ name: 'in On Start', flows: [tab, code({ initialize: 'let x = ;' })], ...both, says: ['On Start'] },
		{ name: 'on a second declaration of msg', flows: [tab, code({ func: 'let msg = {};' })], ...both },
		{ name: 'on await in On Stop, which is not asynchronous', flows: [tab, code({ finalize: 'await 1;' })], ...both, says: ['On Stop'] },
		{
			name: 'softly on what is nested too deeply to tell',
			flows: [tab, code({ func: `flow.set('a', ${'['.repeat(50_000)}${']'.repeat(50_000)});` })],
			balanced: [['n', 'info']],
			spare: [['n', 'info']],
			says: ['too deeply'],
		},
	],
	dontFire: [
		{ name: 'on code of some hundred levels', flows: [tab, code({ func: `msg.a = ${'['.repeat(200)}${']'.repeat(200)};` })] },
		{ name: 'on return and await', flows: [tab, code({ func: 'const x = await 1;\nreturn x;' })] },
		{ name: 'on a comment at the end', flows: [tab, code({ func: 'return msg; // done' })] },
		{ name: 'on no code', flows: [tab, code({ func: '' })] },
		{ name: "on today's syntax", flows: [tab, code({ func: 'msg.a ??= msg?.b ?? 1_000n;\nfor await (const x of []) x;\nreturn msg;' })] },
	],
});
