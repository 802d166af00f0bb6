import type { NodeKnowledge } from './knowledge.ts';

const sun = 'node-red-contrib-sun-position';

/** Contributed clocks: each instance that runs one fires by itself. */
export const schedulers: readonly NodeKnowledge[] = [
	{
		types: ['bigtimer'],
		module: 'node-red-contrib-bigtimer',
		emits: 'schedule',
		keeps: 'manual overrides and the last state of its output',
		evidence: 'bigtimer.js:205',
	},
	{
		types: ['cronplus'],
		module: 'node-red-contrib-cron-plus',
		emits: 'schedule',
		evidence: 'cronplus.js:790',
	},
	{
		types: ['schedex'],
		module: 'node-red-contrib-schedex',
		emits: 'schedule',
		keeps: 'whether it is suspended',
		evidence: 'index.js:66',
	},
	{ types: ['eztimer'], module: 'node-red-contrib-eztimer', emits: 'schedule', keeps: 'manual overrides' },
	{ types: ['light-scheduler'], module: 'node-red-contrib-light-scheduler', emits: 'schedule', evidence: 'light-scheduler.js:24' },
	{ types: ['light-scheduler-filter'], module: 'node-red-contrib-light-scheduler', evidence: 'light-scheduler-filter.js:89' },
	{ types: ['schedule-config'], module: 'node-red-contrib-light-scheduler', inert: true },
	{ types: ['sunrise'], module: 'node-red-node-suncalc', emits: 'schedule', evidence: 'time/suncalc/79-suncalc.js:62' },
	{ types: ['timeswitch'], module: 'node-red-node-timeswitch', emits: 'schedule', evidence: 'time/timeswitch/timeswitch.js:239' },
	{ types: ['time-inject'], module: sun, emits: 'schedule', evidence: 'nodes/20-time-inject.js:853' },
	{
		types: ['blind-control', 'clock-timer'],
		module: sun,
		emits: 'schedule',
		keeps: 'overrides and the position it has set',
		evidence: 'nodes/80-blind-control.js:408',
	},
	{ types: ['rdg-delay-until'], module: sun, keeps: 'the messages that wait', evidence: 'nodes/22-delay-until.js:330' },
	{
		types: ['sun-position', 'moon-position', 'within-time-switch', 'time-comp', 'time-span'],
		module: sun,
		evidence: 'nodes/10-position-config.js',
	},
	{ types: ['position-config'], module: sun, inert: true, evidence: 'nodes/10-position-config.js' },
	{ types: ['chronos-scheduler'], module: 'node-red-contrib-chronos', emits: 'schedule' },
	{ types: ['chronos-repeat'], module: 'node-red-contrib-chronos', keeps: 'the message that it repeats' },
	{ types: ['chronos-delay'], module: 'node-red-contrib-chronos', keeps: 'the messages that wait' },
	{ types: ['chronos-config'], module: 'node-red-contrib-chronos', inert: true },
	{ types: ['chronos-*'], module: 'node-red-contrib-chronos' },
	{
		types: ['simple-weekly-scheduler', 'weekly-schedule', 'scheduler', 'schedule'],
		module: 'node-red-contrib-*schedul*',
		emits: 'schedule',
	},
	{ types: ['timed-counter', 'interval', 'looptimer-advanced'], module: 'node-red-contrib-*', emits: 'schedule' },
	{ types: ['inject-at-time', 'ticker', 'metronome', 'cron'], module: 'node-red-contrib-*', emits: 'schedule' },
	{ types: ['data-generator', 'random', 'weekday'], module: 'node-red-node-*', evidence: 'function/random/random.js' },
	{ types: ['moment', 'humanizer'], module: 'node-red-contrib-moment', evidence: 'moment/nrmoment.js:74' },
	{ types: ['time-range-switch'], module: 'node-red-contrib-time-range-switch', evidence: 'index.js:135' },
];
