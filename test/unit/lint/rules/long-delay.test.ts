import { longDelay } from '../../../../src/lib/lint/rules/long-delay.ts';
import { node, source, tab, testRule } from '../judge.ts';

const delay = (properties: object) => node('n', 'delay', { pauseType: 'delay', ...properties });

testRule(longDelay, {
	fires: [
		{
			name: 'on minutes',
			flows: [tab, source('n'), delay({ timeout: '2', timeoutUnits: 'minutes' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['120 s'],
		},
		{
			name: 'on a random delay',
			flows: [tab, source('n'), delay({ pauseType: 'random', randomLast: '30', randomUnits: 'seconds' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on seconds', flows: [tab, source('n'), delay({ timeout: '5', timeoutUnits: 'seconds' })] },
		{ name: 'on a rate limit', flows: [tab, source('n'), delay({ pauseType: 'rate', timeout: '99' })] },
		{ name: 'where nothing reaches it', flows: [tab, delay({ timeout: '2', timeoutUnits: 'hours' })] },
	],
});
