import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { lint } from '../../../../src/lib/lint/engine.ts';
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

describe('timer-on-every-instance, where a primary is elected', () => {
	const judge = (flows: FlowNode[], primary: object = {}) =>
		lint(flows, { mode: 'load-balanced', rules: [timerOnEveryInstance], primary: { timers: true, sources: [], except: [], ...primary } });
	const cron = [tab, node('t', 'cronplus', { name: 'nightly' }, 'out'), node('out', 'mqtt out')];
	const poller = [tab, node('t', 'modbus-read', {}, 'out'), node('out', 'mqtt out')];
	const refresh = [
		tab,
		node('t', 'inject', { repeat: '5' }, 'out'),
		node('out', 'function', { func: "global.set('prices', msg.payload);" }),
	];

	it.each<[string, FlowNode[], object, [string, RegExp, RegExp] | null]>([
		['an inject', timer({ repeat: '5' }), {}, ['info', /^The primary alone fires it\./, /bear a tick/]],
		[
			'an inject, but timers are not its',
			timer({ repeat: '5' }),
			{ timers: false, sources: ['x'] },
			['error', /every 5 s/, /primary: \{ timers: true \}/],
		],
		['a scheduler that nobody named', cron, {}, ['error', /by its own clock/, /name cronplus, or this node, under `primary\.sources`/]],
		['one named by its type', cron, { sources: ['cronplus'] }, ['info', /^The primary alone/, /./]],
		['one named by its name', cron, { sources: ['night*'] }, ['info', /^The primary alone/, /./]],
		['one named by its flow', cron, { sources: ['Plant'] }, ['info', /^The primary alone/, /./]],
		['a named poller, which still asks', poller, { sources: ['t'] }, ['warning', /what is asked is asked N times/, /./]],
		['what each instance needs for itself', refresh, {}, ['warning', /the other instances do not get that/, /`primary\.except`/]],
		['the same, excepted', refresh, { except: ['t'] }, null],
		['what acts outside, excepted', timer({ repeat: '5' }), { except: ['t'] }, ['error', /every 5 s/, /out of `primary\.except`/]],
	])('says what is left of %s', (_what, flows, primary, expected) => {
		const [finding] = judge(flows, primary).findings;
		expect(finding?.severity ?? null).toBe(expected ? expected[0] : null);
		if (expected) expect([finding?.message, finding?.remediation]).toEqual(expected.slice(1).map((text) => expect.stringMatching(text)));
	});

	it('still lets one release after the other have the timer', () => {
		const [verdict] = judge(timer({ repeat: '5' })).verdicts ?? [];
		expect(verdict).toMatchObject({ notReady: false, allows: expect.not.arrayContaining(['overlap']) });
	});

	it('says nothing of it in hot-spare mode', () => {
		const options = { mode: 'hot-spare' as const, rules: [timerOnEveryInstance], primary: { timers: true, sources: [], except: [] } };
		expect(lint(timer({ repeat: '5' }), options).findings).toEqual([]);
	});
});
