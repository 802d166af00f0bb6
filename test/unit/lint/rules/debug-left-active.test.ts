import { debugLeftActive } from '../../../../src/lib/lint/rules/debug-left-active.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

const at = (id: string) => ({ balanced: [[id, 'info']] as [string, string][], spare: [[id, 'info']] as [string, string][] });

testRule(debugLeftActive, {
	fires: [
		{ name: 'as it is by default', flows: [tab, source('n'), node('n', 'debug')], ...at('n') },
		{
			name: 'on the log',
			flows: [tab, source('n'), node('n', 'debug', { tosidebar: false, console: true })],
			...at('n'),
			says: ['goes to the log'],
		},
		{
			name: 'once for a flow',
			flows: [tab, source('n', 'm'), node('n', 'debug'), node('m', 'debug')],
			...at('n'),
			says: ['2 debug nodes'],
		},
	],
	dontFire: [
		{ name: 'when it is switched off', flows: [tab, source('n'), node('n', 'debug', { active: false })] },
		{
			name: 'when it only sets its status',
			flows: [tab, source('n'), node('n', 'debug', { active: true, tosidebar: false, tostatus: true })],
		},
		{ name: 'where only a person can reach it', flows: [tab, button('n'), node('n', 'debug')] },
	],
});
