import type { CutoverStrategy, FlowVerdict } from '../../../src/lib/lint/verdict.ts';
import { chooseStrategy } from '../../../src/lib/plan/strategy.ts';

const flow = (flowLabel: string, allows: CutoverStrategy[], reason = 'It is so.'): FlowVerdict => ({
	flowId: flowLabel,
	flowLabel,
	allows,
	notReady: false,
	sharing: null,
	because: (['overlap', 'gated', 'takeover'] as const)
		.filter((strategy) => !allows.includes(strategy))
		.map((strategy) => ({ strategy, nodeId: 'n', rule: null, reason })),
});
const [web, plant, session, serial] = [
	flow('Web', ['overlap', 'gated', 'exclusive']),
	flow('Plant', ['gated', 'exclusive']),
	flow('Session', ['takeover', 'exclusive']),
	flow('Serial', ['exclusive'], 'A serial port is opened once.'),
];

describe('the strategy of a cutover', () => {
	it.each<[FlowVerdict[], FlowVerdict[], CutoverStrategy]>([
		[[], [], 'overlap'],
		[[web], [web], 'overlap'],
		[[web], [web, plant], 'gated'],
		[[plant, session], [web], 'takeover'],
		[[web], [session, serial], 'exclusive'],
		[[serial], [web], 'exclusive'],
	])('is the strictest that any flow of either release needs', (old, next, expected) => {
		expect(chooseStrategy(old, next).strategy).toBe(expected);
	});

	it('comes with the flows that ask for it, and why', () => {
		expect(chooseStrategy([web], [serial, serial])).toEqual({
			strategy: 'exclusive',
			because: ["'Serial' does not allow takeover: A serial port is opened once."],
			warnings: [],
		});
	});

	it('can be asked for: a stricter one without a word, a finer one with a warning of what it disregards', () => {
		expect(chooseStrategy([web], [plant], 'exclusive')).toEqual({ strategy: 'exclusive', because: ['it was asked for'], warnings: [] });
		expect(chooseStrategy([web], [serial], 'gated').warnings).toEqual([
			"the flow 'Serial' needs exclusive, not gated: A serial port is opened once.",
		]);
	});
});
