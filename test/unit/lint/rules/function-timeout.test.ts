import { functionTimeout } from '../../../../src/lib/lint/rules/function-timeout.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (properties: object) => node('n', 'function', { func: 'return msg;', ...properties });

testRule(functionTimeout, {
	fires: [
		{
			name: 'where the function returns at once',
			flows: [tab, source('n'), code({ func: 'setTimeout(() => node.send(msg), 1000);' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['line 1'],
		},
	],
	dontFire: [
		{
			name: 'where the function waits for it',
			flows: [tab, source('n'), code({ func: 'await new Promise((resolve) => setTimeout(resolve, 100));\nreturn msg;' })],
		},
		{
			name: 'in a comment or text',
			flows: [tab, source('n'), code({ func: "// setTimeout(f)\nmsg.payload = 'setTimeout(f)';\nreturn msg;" })],
		},
		{ name: 'where nothing reaches it', flows: [tab, code({ func: 'setTimeout(() => node.send(msg), 1000);' })] },
	],
});
