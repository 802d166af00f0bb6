import { statefulContributedNode } from '../../../../src/lib/lint/rules/stateful-contributed-node.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

testRule(statefulContributedNode, {
	fires: [
		{
			name: 'on an average',
			flows: [tab, source('n'), node('n', 'smooth', {}, 'd'), node('d', 'debug')],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['window'],
		},
		{ name: 'on a chart', flows: [tab, source('n'), node('n', 'ui_chart')], balanced: [['n', 'error']], spare: [['n', 'warning']] },
		{
			name: 'on a scheduler with overrides, which the timer rule judges under load balancing',
			flows: [tab, source('n'), node('n', 'bigtimer', {}, 'out'), node('out', 'debug')],
			balanced: [],
			spare: [['n', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on a scheduler that nothing can override', flows: [tab, node('n', 'bigtimer', {}, 'out'), node('out', 'debug')] },
		{ name: 'where nothing hears it', flows: [tab, source('n'), node('n', 'smooth')] },
		{ name: 'where nothing reaches it', flows: [tab, node('n', 'smooth')] },
		{ name: 'where only a person can reach it', flows: [tab, button('n'), node('n', 'counter')] },
		{ name: 'on types that keep nothing', flows: [tab, source('n'), node('n', 'moment')] },
		{ name: 'on types that nobody knows', flows: [tab, source('n'), node('n', 'some-contributed-type')] },
	],
});
