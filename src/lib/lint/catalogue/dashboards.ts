import type { NodeKnowledge } from './knowledge.ts';

const one = 'node-red-dashboard';
const two = '@flowfuse/node-red-dashboard';

/** Widgets keep their last value in the process that the browser is connected to; see each dashboard's store. */
export const dashboards: readonly NodeKnowledge[] = [
	{ types: ['ui_base', 'ui_tab', 'ui_group', 'ui_link', 'ui_spacer'], module: one, inert: true },
	{ types: ['ui_chart'], module: one, keeps: 'the points of its chart' },
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
		module: one,
		emits: 'user',
	},
	{ types: ['ui_template', 'ui_ui_control'], module: one, emits: 'user' },
	{ types: ['ui_text', 'ui_gauge', 'ui_audio', 'ui_toast', 'ui_iframe'], module: one },
	{ types: ['ui_table', 'ui_list'], module: 'node-red-node-ui-*', emits: 'user' },
	{ types: ['ui_led'], module: 'node-red-contrib-ui-led' },
	{ types: ['ui-base', 'ui-page', 'ui-group', 'ui-theme', 'ui-link', 'ui-spacer'], module: two, inert: true },
	{ types: ['ui-chart'], module: two, keeps: 'the points of its chart' },
	{
		types: [
			'ui-button',
			'ui-switch',
			'ui-slider',
			'ui-dropdown',
			'ui-form',
			'ui-text-input',
			'ui-number-input',
			'ui-event',
			'ui-template',
			'ui-control',
		],
		module: two,
		emits: 'user',
	},
	{ types: ['ui-text', 'ui-gauge', 'ui-table', 'ui-notification', 'ui-markdown'], module: two },
	{ types: ['uibuilder'], module: 'node-red-contrib-uibuilder', emits: 'user' },
];
