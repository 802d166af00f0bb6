import { dashboardSessions } from '../../../../src/lib/lint/rules/dashboard-sessions.ts';
import { config, node, tab, testRule } from '../judge.ts';

testRule(dashboardSessions, {
	fires: [
		{
			name: 'once for a dashboard in a flow',
			flows: [tab, node('a', 'ui_button'), node('b', 'ui_text')],
			balanced: [['a', 'warning']],
			spare: [['a', 'info']],
		},
		{
			name: 'for each flow',
			flows: [
				tab,
				{ id: 'tab2', type: 'tab' },
				node('a', 'ui_button'),
				node('b', 'ui_vendor_widget'),
				{ ...node('c', 'ui_text'), z: 'tab2' },
			],
			balanced: [
				['a', 'warning'],
				['c', 'warning'],
			],
			spare: [
				['a', 'info'],
				['c', 'info'],
			],
			says: ['2 widgets'],
		},
		{
			name: 'for each dashboard',
			flows: [tab, node('a', 'ui_button'), node('b', 'ui-button'), node('c', 'uibuilder')],
			balanced: [
				['a', 'warning'],
				['b', 'warning'],
				['c', 'warning'],
			],
			spare: [
				['a', 'info'],
				['b', 'info'],
				['c', 'info'],
			],
		},
	],
	dontFire: [{ name: 'on a dashboard without widgets', flows: [tab, config('base', 'ui_base'), config('group', 'ui_group')] }],
});
