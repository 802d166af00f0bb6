import { functionLeakedVariable } from '../../../../src/lib/lint/rules/function-leaked-variable.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (func: string, more = {}) => [tab, source('n'), node('n', 'function', { func, ...more })];
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(functionLeakedVariable, {
	fires: [
		{
			name: 'on a counter',
			flows: code("if (typeof count === 'undefined') count = 0;\ncount++;\nreturn msg;"),
			...both,
			says: ['count (line 1)'],
		},
		{ name: 'on an increment alone', flows: code('total += msg.payload;'), ...both },
		{
			name: 'on a value that is read before it is set',
			flows: code('msg.changed = msg.payload !== last;\nlast = msg.payload;\nreturn msg;'),
			...both,
			says: ['last (line 2)'],
		},
		{ name: 'on a value that is made of itself', flows: code('sum = sum + 1;'), ...both },
	],
	dontFire: [
		{
			name: 'on declared variables',
			flows: code(
				'let count = 0;\ncount++;\nfunction f(a) { a++; }\ntry { f(1); } catch (error) { error = 1; }\nconst { b, ...rest } = msg;\nb++;',
			),
		},
		{
			name: 'on a variable that is set before it is read',
			flows: code('for (i = 0; i < 3; i++) node.send({ payload: i });\nvalue = msg.payload;\nmsg.payload = value * 2;\nreturn msg;'),
		},
		{ name: 'on what the sandbox gives', flows: code('msg = { payload: msg.payload };\nreturn msg;') },
		{ name: 'on modules of the Setup tab', flows: code('lib = lib || 1;', { libs: [{ var: 'lib', module: 'x' }] }) },
		{ name: 'where no source reaches it', flows: [tab, node('n', 'function', { func: 'count++;' })] },
	],
});
