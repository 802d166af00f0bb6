import { missedAims } from '../../../bench/cutover/aims.ts';
import { CountTally } from '../../../bench/cutover/count-tally.ts';
import { scenarioFlows } from '../../../bench/cutover/flows.ts';
import type { Measured } from '../../../bench/cutover/measure.ts';
import { renderResult } from '../../../bench/cutover/render.ts';
import { RunningClock } from '../../../bench/cutover/running-clock.ts';
import { scenarios } from '../../../bench/cutover/scenarios.ts';
import { summarizeScenario } from '../../../bench/cutover/summary.ts';

describe('a tally of equal messages', () => {
	/** `+@ms` publishes one, `-@ms` receives one, `x` withdraws one. */
	const play = (script: string, readAtMs: number) => {
		const tally = new CountTally();
		for (const [, kind, at] of script.matchAll(/([+x-])(?:@(\d+))?/g)) {
			if (kind === '+') tally.publish(Number(at));
			else if (kind === '-') tally.receive(Number(at));
			else tally.withdraw();
		}
		return tally.read(readAtMs);
	};

	it.each([
		['nothing', '', 99, [0, 0, 0, 0, 0]],
		['all out', '+@0 -@2 +@10 -@13', 500, [2, 2, 0, 0, 11]],
		['one missing, silent since', '+@0 +@1 -@5', 80, [2, 1, 1, 0, 75]],
		['more out than in', '+@0 -@1 -@2 -@3', 3, [1, 1, 0, 2, 1]],
		['not accepted: not lost', '+@0 -@2 +@3 x', 99, [1, 1, 0, 0, 2]],
		['silent from the first in to the first out', '+@100 +@110 -@400 -@401', 401, [2, 2, 0, 0, 300]],
	] as const)('%s', (_name, script, readAtMs, [published, received, lost, duplicated, longestSilenceMs]) => {
		expect(play(script, readAtMs)).toEqual({ published, received, lost, duplicated, longestSilenceMs });
	});
});

describe('a clock that runs only while its process does', () => {
	it('goes on while the event loop turns, if a little late', () => {
		const clock = new RunningClock(5, 1000);
		for (let ms = 1005; ms <= 2000; ms += 5) clock.tick(ms);
		clock.tick(2020);
		expect(clock.at(2022)).toBe(2022);
		expect(clock.longestStallMs).toBe(15);
	});

	it('stands still in a stall, asked before its end is noticed or after', () => {
		const clock = new RunningClock(5, 0);
		clock.tick(5);
		expect(clock.at(30)).toBe(30);
		expect([clock.at(31), clock.at(330)]).toEqual([30, 30]);
		clock.tick(330);
		expect(clock.at(331)).toBe(31);
		expect(clock.longestStallMs).toBe(320);
	});

	it('never goes back', () => {
		const clock = new RunningClock(5, 0);
		let last = 0;
		for (let ms = 0; ms < 2000; ms++) {
			if (ms % 5 === 0 && (ms < 500 || ms > 900)) clock.tick(ms);
			expect(clock.at(ms)).toBeGreaterThanOrEqual(last);
			last = clock.at(ms);
		}
	});
});

const measured = (silenceMs: number, more: { lost?: number; duplicated?: number; failed?: number } = {}): Measured => {
	const { lost = 0, duplicated = 0, failed = 0 } = more;
	return {
		mqtt: { published: 1000, received: 1000 - lost, lost, duplicated, longestSilenceMs: silenceMs },
		http: { requests: 600, failed, slowestMs: silenceMs * 2, underWay: 0, failures: failed > 0 ? ['request 7: status 404'] : [] },
		rate: 499,
		stallMs: 12,
		gapMs: silenceMs - 10,
		steps: [{ step: 'drain', durationMs: silenceMs - 20 }],
	};
};

describe('the summary of a scenario', () => {
	const [scenario] = scenarios.filter(({ name }) => name === 'takeover-persistent');
	const comparison = { flowferry: [measured(30), measured(50, { duplicated: 1 }), measured(40)], plain: [measured(200, { lost: 80 })] };

	it('adds what was lost, doubled and failed, and has the medians and the most of the rest', () => {
		expect(summarizeScenario(scenario!, comparison)).toEqual({
			name: 'takeover-persistent',
			rate: 499,
			lost: 0,
			duplicated: 1,
			longestSilenceMs: { median: 40, max: 50 },
			gapMs: { median: 30, max: 40 },
			http: { requests: 1800, failed: 0, slowestMs: 100 },
			meterStallMs: 12,
			stepsMs: { drain: 20 },
			plain: {
				lost: 80,
				duplicated: 0,
				longestSilenceMs: { median: 200, max: 200 },
				gapMs: { median: 190, max: 190 },
				http: { requests: 600, failed: 0, slowestMs: 400 },
				meterStallMs: 12,
				stepsMs: { drain: 180 },
			},
			missedAims: [],
		});
	});

	it('stands in the table beside the plain way, with what was missed below', () => {
		const worse = { ...comparison, flowferry: [measured(90, { lost: 2 })] };
		const result = {
			target: 'process' as const,
			runs: 3,
			scenarios: [summarizeScenario(scenario!, worse)],
			failed: [{ name: 'gated-qos0', error: 'no such flag' }],
		};
		const text = renderResult(result).join('\n');
		expect(text).toMatch(/takeover-persistent +flowferry +2 +0 +90 \(90\) ms +600 +0 +180 ms\n +plain +80 +0 +200 \(200\) ms/);
		expect(text).toContain('! takeover-persistent, at 499 messages a second: 1 cutovers lost messages');
		expect(text).not.toContain('busy');
		expect(text).toContain('! gated-qos0 could not be measured: no such flag');
	});
});

describe('the table', () => {
	it('says where the machine was too busy to measure well', () => {
		const comparison = { flowferry: [{ ...measured(30), stallMs: 180 }], plain: [measured(200)] };
		const result = { target: 'process' as const, runs: 1, scenarios: [summarizeScenario(scenarios[0]!, comparison)], failed: [] };
		expect(renderResult(result).join('\n')).toContain('gated-qos1-unique: the machine was busy, the meter stood still for up to 180 ms');
	});
});

describe('the aims', () => {
	const plain = [measured(300), measured(330), measured(270)];

	it.each([
		['gated', measured(100), 0],
		['gated', measured(101), 1],
		['takeover', measured(101), 1],
		['exclusive', measured(300), 0],
		['exclusive', measured(301), 1],
		['overlap', measured(999), 0],
		['gated', measured(10, { lost: 1 }), 1],
		['gated', measured(10, { duplicated: 1 }), 1],
		['takeover', measured(10, { duplicated: 1 }), 0],
		['takeover', measured(10, { duplicated: 2 }), 1],
		['overlap', measured(10, { failed: 1 }), 1],
	] as const)('of %s', (strategy, cutover, missed) => {
		expect(missedAims({ strategy }, { flowferry: [cutover], plain })).toHaveLength(missed);
	});
});

describe('the scenarios', () => {
	it('are named after their strategies, each once', () => {
		for (const { name, strategy } of scenarios) expect(name.startsWith(`${strategy}-`)).toBe(true);
		expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
	});

	it.each(scenarios)('$name has two versions of flows that differ, over one broker node', (scenario) => {
		const flows = (version: 'v1' | 'v2') => scenarioFlows(scenario, { broker: { host: '127.0.0.1', port: 1883 }, name: 'plant', version });
		expect(flows('v1')).not.toEqual(flows('v2'));
		expect(flows('v1').filter(({ type }) => type === 'mqtt-broker')).toHaveLength(1);
		const source = flows('v1').find(({ type }) => type === 'mqtt in');
		expect(source).toMatchObject({ qos: String(scenario.qos), broker: 'b1' });
		expect(String(source?.topic).startsWith('$share/')).toBe(scenario.subscription === 'shared');
	});
});
