import { lint } from '../../../../src/lib/lint/engine.ts';
import { functionInterval } from '../../../../src/lib/lint/rules/function-interval.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (properties: object) => node('n', 'function', { func: 'return msg;', ...properties });

testRule(functionInterval, {
	fires: [
		{
			name: 'in On Start',
			flows: [tab, code({ initialize: 'setInterval(() => node.send({}), 1000);' })],
			balanced: [['n', 'error']],
			spare: [],
			says: ['Line 1 of On Start'],
		},
		{
			name: 'for a message',
			flows: [tab, source('n'), code({ func: '\nsetInterval(() => node.send({}), 1000);' })],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['Line 2'],
		},
	],
	dontFire: [
		{ name: 'in a comment', flows: [tab, source('n'), code({ func: '// setInterval(f, 1000)\nreturn msg;' })] },
		{ name: 'where nothing reaches it', flows: [tab, code({ func: 'setInterval(() => node.send({}), 1000);' })] },
		{ name: 'on clearInterval', flows: [tab, source('n'), code({ finalize: 'clearInterval(1);' })] },
	],
});

it('function-interval says what is left where the primary alone sends', () => {
	const flows = [tab, code({ initialize: 'setInterval(() => node.send({}), 1000);' })];
	const judge = (sources: string[]) =>
		lint(flows, { mode: 'load-balanced', rules: [functionInterval], primary: { timers: true, sources, except: [] } }).findings;
	expect(judge(['n'])).toMatchObject([
		{ severity: 'warning', message: expect.stringContaining('what else its code does, each instance does') },
	]);
	expect(judge([])).toMatchObject([{ severity: 'error', remediation: expect.stringContaining('which the primary alone fires') }]);
});
