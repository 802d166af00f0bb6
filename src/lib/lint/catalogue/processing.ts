import type { NodeKnowledge } from './knowledge.ts';

const boolean = 'node-red-contrib-boolean-logic-ultimate';
const openOrClosed = 'whether it is open';

/** Contributed nodes that work on messages: windows, counters, gates, state machines, locks. */
export const processing: readonly NodeKnowledge[] = [
	{
		types: ['base64', 'markdown', 'jimp-image', 'msgpack', 'cbor', 'geohash', 'sentiment', 'what3words', 'exif', 'annotate-image'],
		module: 'node-red-*',
		evidence: 'parsers/msgpack/70-msgpack.js',
	},
	{
		types: ['calculator', 'exit', 'image', 'image-output', 'image viewer', 'qrcode', 'float', 'xlsx', 'unit-converter'],
		module: 'node-red-contrib-*',
	},
	{ types: ['string'], module: 'node-red-contrib-string', evidence: 'string/string.js:5' },
	{ types: ['buffer-parser', 'buffer-maker'], module: 'node-red-contrib-buffer-parser' },
	{
		types: ['smooth'],
		module: 'node-red-node-smooth',
		keeps: 'the window that it averages over',
		evidence: 'function/smooth/17-smooth.js:15',
	},
	{ types: ['counter'], module: 'node-red-contrib-counter', keeps: 'its count', evidence: 'counter.js' },
	// The position is in the message, or where the node is told to keep it.
	{ types: ['counter-loop', 'array-loop', 'while-loop'], module: 'node-red-contrib-loop-processing', evidence: 'counter-loop.js:39' },
	{ types: ['loop', 'loop-function'], module: 'node-red-contrib-loop', keeps: 'its count' },
	{ types: ['hourcounter', 'message-counter', 'pulse-counter', 'flow-counter'], module: 'node-red-contrib-*', keeps: 'its count' },
	{
		types: ['stoptimer', 'stoptimer2'],
		module: 'node-red-contrib-stoptimer',
		keeps: 'the timer that runs and its message',
		evidence: 'stoptimer.js',
	},
	{
		types: ['stoptimer-varidelay', 'stoptimer3'],
		module: 'node-red-contrib-stoptimer-varidelay',
		keeps: 'the timer that runs and its message',
	},
	{ types: ['looptimer', 'looptimer2'], module: 'node-red-contrib-looptimer', keeps: 'the loop that runs' },
	{ types: ['mytimeout'], module: 'node-red-contrib-mytimeout', keeps: 'the countdown that runs', evidence: 'mytimeout.js:73' },
	{
		types: ['timeouttrigger', 'countdown', 'countdown2', 'timer', 'timeout', 'on-delay', 'off-delay'],
		module: 'node-red-contrib-*',
		keeps: 'the countdown that runs',
	},
	{ types: ['variable-delay', 'msg-hold', 'msg-delay'], module: 'node-red-contrib-*', keeps: 'the messages that wait' },
	{ types: ['traffic'], module: 'node-red-contrib-traffic', keeps: openOrClosed, evidence: 'traffic/traffic.js' },
	{ types: ['gate'], module: 'node-red-contrib-simple-gate', keeps: openOrClosed },
	{
		types: ['q-gate'],
		module: 'node-red-contrib-queue-gate',
		keeps: 'whether it is open, and the messages that wait',
		evidence: 'q-gate.js:43',
	},
	{ types: ['batcher'], module: 'node-red-contrib-batcher', keeps: 'the batch that it fills', evidence: 'batcher.js:29' },
	{
		types: ['simple-queue', 'simple-message-queue', 'queue', 'msg-queue', 'fifo-queue'],
		module: 'node-red-contrib-*queue*',
		keeps: 'the messages that wait',
	},
	{
		types: ['aggregator', 'rolling-average', 'moving-average', 'average'],
		module: 'node-red-contrib-*',
		keeps: 'the values of its window',
	},
	{ types: ['statistics'], module: 'node-red-contrib-statistics', keeps: 'its data set', evidence: 'statistics.js:26' },
	{ types: ['msg-speed', 'speed'], module: 'node-red-contrib-msg-speed', keeps: 'the count of its interval' },
	{ types: ['msg-size'], module: 'node-red-contrib-msg-size', keeps: 'the count of its interval' },
	{ types: ['msg-resend', 'msg-resend2'], module: 'node-red-contrib-msg-resend', keeps: 'the message that it sends again' },
	{ types: ['throttle', 'rate-limiter', 'limiter'], module: 'node-red-contrib-throttle', keeps: 'when it let the last message pass' },
	{
		types: ['debounce', 'msg-debouncer', 'edge-trigger', 'deadband', 'change-detect'],
		module: 'node-red-contrib-*',
		keeps: 'the last value, to compare the next with',
	},
	{ types: ['hysteresis'], module: 'node-red-contrib-hysteresis', keeps: 'on which side of its thresholds it is' },
	{ types: ['toggle', 'flipflop', 'flip-flop', 'latch', 'rs-flipflop'], module: 'node-red-contrib-*', keeps: 'its state' },
	{ types: ['watchdog'], module: 'node-red-contrib-watchdog', keeps: 'the time of the last message' },
	{ types: ['PID'], module: 'node-red-contrib-pid', keeps: 'the integral and the last values of its loop', evidence: 'pid.js:26' },
	{
		types: ['PID control'],
		module: 'node-red-node-pidcontrol',
		keeps: 'the integral and the last values of its loop',
		evidence: 'function/PID/pid.js',
	},
	{ types: ['timeprop'], module: 'node-red-contrib-timeprop', keeps: 'where it is in its cycle' },
	{ types: ['dsm'], module: 'node-red-contrib-dsm', keeps: 'the state of its machine', evidence: 'dsm.js:14' },
	{
		types: ['state-machine'],
		module: 'node-red-contrib-state-machine',
		keeps: 'the state of its machine',
		evidence: 'state-machine.js:125',
	},
	{ types: ['finite-state-machine', 'fsm', 'persistent-fsm', 'smxstate'], module: 'node-red-contrib-*', keeps: 'the state of its machine' },
	{
		types: ['semaphore-take', 'semaphore-leave'],
		module: 'node-red-contrib-semaphore',
		locks: 'a semaphore of its own process',
		keeps: 'the messages that wait for the semaphore',
	},
	{ types: ['semaphore-config'], module: 'node-red-contrib-semaphore', inert: true },
	{
		types: ['mutex', 'lock', 'unlock', 'mutex-lock', 'mutex-unlock'],
		module: 'node-red-contrib-mutex',
		locks: 'a lock of its own process',
	},
	{
		types: ['interval-length'],
		module: 'node-red-contrib-interval-length',
		keeps: 'the time of the last message',
		evidence: 'interval_length.js:94',
	},
	{ types: ['persist in'], module: 'node-red-contrib-persist', keeps: 'values, in a file of this machine', local: 'a file that it writes' },
	{ types: ['persist out', 'persist-store'], module: 'node-red-contrib-persist' },
	{
		types: ['BooleanLogicUltimate', 'SumUltimate', 'HysteresisUltimate', 'KalmanFilterUltimate', 'RailwaySwitchUltimate', 'toggleUltimate'],
		module: boolean,
		keeps: 'the last value of each input',
		evidence: 'boolean-logic-ultimate/SumUltimate.js:8',
	},
	{
		types: ['InterruptFlowUltimate', 'ImpulseUltimate', 'DebouncerUltimate', 'RateLimiterUltimate', 'StaircaseLightUltimate'],
		module: boolean,
		keeps: 'its state and the timer that runs',
		evidence: 'boolean-logic-ultimate/InterruptFlowUltimate.js:12',
	},
	{
		types: ['BlinkerUltimate', 'PresenceSimulatorUltimate'],
		module: boolean,
		keeps: 'whether it has been set going',
		evidence: 'boolean-logic-ultimate/BlinkerUltimate.js:22',
	},
	{
		types: ['FilterUltimate', 'InvertUltimate', 'StatusUltimate', 'SimpleOutputUltimate', 'Comparator', 'MinMaxLimiterUltimate'],
		module: boolean,
		evidence: 'boolean-logic-ultimate/FilterUltimate.js:23',
	},
	{ types: ['InjectUltimate', 'translator-config'], module: boolean, inert: true, evidence: 'boolean-logic-ultimate/InjectUltimate.js:30' },
];
