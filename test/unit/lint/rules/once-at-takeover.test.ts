import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { lint } from '../../../../src/lib/lint/engine.ts';
import { onceAtTakeover } from '../../../../src/lib/lint/rules/once-at-takeover.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

const start = (...targets: string[]) => node('s', 'inject', { once: true, repeat: '', crontab: '' }, ...targets);

testRule(onceAtTakeover, {
	fires: [
		{
			name: 'where it publishes',
			flows: [tab, start('mid'), node('mid', 'json', {}, 'out'), node('out', 'mqtt out', { name: 'Lamp' })],
			balanced: [['s', 'warning']],
			spare: [['s', 'warning']],
			says: ['"Lamp" (mqtt out)'],
		},
		{
			name: 'where it ends in a sink that nobody knows',
			flows: [tab, start('out'), node('out', 'some-sink')],
			balanced: [['s', 'warning']],
			spare: [['s', 'warning']],
		},
		{
			name: 'softly where it sets what others change',
			flows: [
				tab,
				start('out'),
				node('out', 'function', { func: "flow.set('a', 0);" }),
				source('b'),
				node('b', 'function', { func: "flow.set('a', msg.payload);" }),
			],
			balanced: [],
			spare: [['s', 'info']],
		},
		{
			name: 'beside a timetable',
			flows: [tab, node('s', 'inject', { once: true, crontab: '0 8 * * *' }, 'out'), node('out', 'http request')],
			balanced: [['s', 'warning']],
			spare: [['s', 'warning']],
		},
	],
	dontFire: [
		{ name: 'where it only shows something', flows: [tab, start('out'), node('out', 'debug')] },
		{
			name: 'where an interval repeats it anyway',
			flows: [tab, node('s', 'inject', { once: true, repeat: '60' }, 'out'), node('out', 'mqtt out')],
		},
		{ name: 'where the sink is disabled', flows: [tab, start('out'), { ...node('out', 'mqtt out'), d: true }] },
		{
			name: 'where it sets a constant that nobody changes',
			flows: [tab, start('out'), node('out', 'function', { func: "flow.set('a', 0);" })],
		},
		{
			name: 'where it looks first whether there is a value',
			flows: [
				tab,
				start('out'),
				node('out', 'function', { func: "if (flow.get('a') === undefined) flow.set('a', 0);" }),
				source('b'),
				node('b', 'function', { func: "flow.set('a', msg.payload);" }),
			],
		},
		{ name: 'without once', flows: [tab, button('out'), node('out', 'mqtt out')] },
	],
});

describe('once-at-takeover, where a primary is elected', () => {
	const judge = (flows: FlowNode[], except: string[] = []) =>
		lint(flows, { mode: 'load-balanced', rules: [onceAtTakeover], primary: { timers: true, sources: [], except } }).findings;
	const fills = [tab, start('out'), node('out', 'function', { func: "global.set('settings', msg.payload);" })];

	it('says that the primary alone does it, at each release', () => {
		const [finding] = judge([tab, start('out'), node('out', 'mqtt out')]);
		expect(finding).toMatchObject({ severity: 'warning', message: expect.stringMatching(/^It fires on the primary at every promotion/) });
	});

	it('warns of what every instance needs, until it is excepted', () => {
		const finding = { severity: 'warning', message: expect.stringContaining('do not get that'), related: [{ nodeId: 'out' }] };
		expect(judge(fills)).toMatchObject([finding]);
		expect(judge(fills, ['s'])).toEqual([]);
	});
});
