import { timerOnEveryInstance } from '../../../../src/lib/lint/rules/timer-on-every-instance.ts';
import { button, node, tab, testRule } from '../judge.ts';

const timer = (properties: object) => [tab, node('t', 'inject', { ...properties }, 'out'), node('out', 'mqtt out')];

testRule(timerOnEveryInstance, {
	fires: [
		{ name: 'on an interval', flows: timer({ repeat: '5' }), balanced: [['t', 'error']], spare: [], says: ['every 5 s'] },
		{ name: 'on a timetable', flows: timer({ repeat: '', crontab: '0 8 * * *' }), balanced: [['t', 'error']], spare: [] },
		{
			name: 'on a contributed scheduler',
			flows: [tab, node('t', 'cronplus', {}, 'out'), node('out', 'debug')],
			balanced: [['t', 'error']],
			spare: [],
		},
		{
			name: 'on a poller',
			flows: [tab, node('t', 'modbus-read', {}, 'out'), node('out', 'debug')],
			balanced: [['t', 'error']],
			spare: [],
			says: ['polls'],
		},
	],
	dontFire: [
		{ name: 'on a button', flows: [tab, button('out'), node('out', 'mqtt out')] },
		{ name: 'on what fires once', flows: timer({ repeat: '', once: true }) },
		{ name: 'on an interval of nothing', flows: timer({ repeat: '0', crontab: '' }) },
		{ name: 'where nothing listens', flows: [tab, node('t', 'inject', { repeat: '5' })] },
		{
			name: 'inside a subflow without an instance',
			flows: [
				tab,
				{ id: 'sub', type: 'subflow' },
				{ ...node('t', 'inject', { repeat: '5' }, 'out'), z: 'sub' },
				{ ...node('out', 'debug'), z: 'sub' },
			],
		},
		{
			name: 'inside a subflow whose only instance is disabled',
			flows: [
				tab,
				{ id: 'sub', type: 'subflow' },
				{ ...node('t', 'inject', { repeat: '5' }, 'out'), z: 'sub' },
				{ ...node('out', 'debug'), z: 'sub' },
				{ ...node('i', 'subflow:sub'), d: true },
			],
		},
	],
});
