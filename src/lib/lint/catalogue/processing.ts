import type { NodeKnowledge } from './knowledge.ts';

/** Contributed nodes that work on messages: schedulers, windows, counters, gates. */
export const processing: readonly NodeKnowledge[] = [
	{
		types: ['bigtimer'],
		module: 'node-red-contrib-bigtimer',
		emits: 'schedule',
		keeps: 'manual overrides and the last state of its output',
	},
	{ types: ['cronplus'], module: 'node-red-contrib-cron-plus', emits: 'schedule' },
	{ types: ['schedex'], module: 'node-red-contrib-schedex', emits: 'schedule', keeps: 'whether it is suspended' },
	{ types: ['eztimer'], module: 'node-red-contrib-eztimer', emits: 'schedule', keeps: 'manual overrides' },
	{ types: ['light-scheduler'], module: 'node-red-contrib-light-scheduler', emits: 'schedule' },
	{ types: ['sunrise'], module: 'node-red-contrib-sunrise', emits: 'schedule' },
	{ types: ['time-inject', 'blind-control'], module: 'node-red-contrib-sun-position', emits: 'schedule' },
	{
		types: ['sun-position', 'moment', 'random', 'string', 'base64', 'markdown', 'jimp-image', 'weekday', 'time-range-switch'],
		module: 'node-red-contrib-*',
	},
	{ types: ['smooth'], module: 'node-red-node-smooth', keeps: 'the window that it averages over' },
	{ types: ['counter', 'counter-loop'], module: 'node-red-contrib-counter', keeps: 'its count' },
	{ types: ['stoptimer', 'stoptimer2'], module: 'node-red-contrib-stoptimer', keeps: 'the timer that runs and its message' },
	{ types: ['looptimer', 'looptimer2'], module: 'node-red-contrib-looptimer', keeps: 'the loop that runs' },
	{ types: ['mytimeout', 'timeouttrigger'], module: 'node-red-contrib-mytimeout', keeps: 'the countdown that runs' },
	{ types: ['traffic'], module: 'node-red-contrib-traffic', keeps: 'whether its gate is open' },
	{ types: ['batcher'], module: 'node-red-contrib-batcher', keeps: 'the batch that it fills' },
	{
		types: ['FilterUltimate', 'BooleanLogicUltimate'],
		module: 'node-red-contrib-boolean-logic-ultimate',
		keeps: 'the last value of each input',
	},
	{ types: ['InvertUltimate'], module: 'node-red-contrib-boolean-logic-ultimate' },
	{ types: ['interval-length'], module: 'node-red-contrib-interval-length', keeps: 'the time of the last message' },
	{ types: ['persist in'], module: 'node-red-contrib-persist', keeps: 'values, in a file of this machine', local: 'a file that it writes' },
	{ types: ['persist out', 'persist-store'], module: 'node-red-contrib-persist' },
];
