import type { NodeKnowledge } from './knowledge.ts';

const one = { module: 'node-red-dashboard', widget: true } as const;
const two = { module: '@flowfuse/node-red-dashboard', widget: true } as const;
const addOn = { module: 'node-red-node-ui-*', widget: true } as const;

/** Widgets keep their last value in the process that the browser is connected to; see each dashboard's store. */
export const dashboards: readonly NodeKnowledge[] = [
	{
		types: ['ui_base', 'ui_tab', 'ui_group', 'ui_link', 'ui_spacer'],
		module: one.module,
		inert: true,
		evidence: 'ui.js:40',
	},
	{ types: ['ui_chart'], ...one, keeps: 'the points of its chart', evidence: 'nodes/ui_chart.js:60' },
	{
		types: [
			'ui_switch',
			'ui_slider',
			'ui_numeric',
			'ui_dropdown',
			'ui_text_input',
			'ui_colour_picker',
			'ui_date_picker',
			'ui_button',
			'ui_form',
		],
		...one,
		emits: 'user',
		evidence: 'ui.js:281',
	},
	{ types: ['ui_template', 'ui_ui_control'], ...one, emits: 'user', evidence: 'nodes/ui_ui_control.js:42' },
	{ types: ['ui_text', 'ui_gauge', 'ui_audio', 'ui_toast'], ...one, evidence: 'ui.js:150' },
	{ types: ['ui_table', 'ui_list'], ...addOn, emits: 'user', evidence: 'node-red-ui-nodes: node-red-node-ui-table/node.js' },
	{ types: ['ui_iframe', 'ui_lineargauge', 'ui_vega', 'ui_led', 'ui_level'], ...addOn },
	{
		types: ['ui_time_scheduler'],
		module: 'node-red-contrib-ui-time-scheduler',
		widget: true,
		emits: 'schedule',
		keeps: 'the timetable that people have set in it',
	},
	{ types: ['ui_state_trail'], module: 'node-red-contrib-ui-state-trail', widget: true, keeps: 'the states of its trail' },
	// Other widgets for the first dashboard, by the prefix that its registry of modules keeps to.
	{ types: ['ui_*'], ...addOn, emits: 'user' },
	{
		types: ['ui-base', 'ui-page', 'ui-group', 'ui-theme', 'ui-link', 'ui-spacer'],
		module: two.module,
		inert: true,
		evidence: 'nodes/config/ui_base.js:55',
	},
	{ types: ['ui-chart'], ...two, keeps: 'the points of its chart', evidence: 'nodes/widgets/ui_chart.js:247' },
	{
		types: [
			'ui-button',
			'ui-button-group',
			'ui-radio-group',
			'ui-file-input',
			'ui-switch',
			'ui-slider',
			'ui-dropdown',
			'ui-form',
			'ui-text-input',
			'ui-number-input',
			'ui-event',
			'ui-template',
			'ui-control',
			'ui-table',
			'ui-notification',
		],
		...two,
		emits: 'user',
		evidence: 'nodes/config/ui_base.js:685',
	},
	{ types: ['ui-text', 'ui-gauge', 'ui-markdown', 'ui-audio', 'ui-progress'], ...two, evidence: 'nodes/store/data.js:16' },
	{ types: ['ui-*'], ...two, emits: 'user' },
	{ types: ['uibuilder'], module: 'node-red-contrib-uibuilder', widget: true, emits: 'user', evidence: 'nodes/libs/socket.cjs:32' },
	{ types: ['uib-*'], module: 'node-red-contrib-uibuilder' },
];
