import type { Throughput } from '../../../bench/agent/measure.ts';
import { pairWindows, summarizeCost } from '../../../bench/agent/render.ts';

const window = (hooked: boolean, perCpuSecond: number): Throughput => ({ hooked, perSecond: perCpuSecond / 2, perCpuSecond });

describe("the agent's cost", () => {
	it('compares each window with the one after it, and leaves one without a partner out', () => {
		const windows = [window(true, 90), window(false, 100), window(true, 80), window(false, 100), window(true, 1)];
		expect(pairWindows(windows).map((pair) => pair.with.perCpuSecond / pair.without.perCpuSecond)).toEqual([0.9, 0.8]);
	});

	it('is the median ratio by processor time', () => {
		const pairs = [0.9, 0.97, 0.96].map((ratio) => ({ with: window(true, ratio * 1000), without: window(false, 1000) }));
		const cost = summarizeCost(10, { processes: pairs.slice(0, 1), hooks: pairs, lease: pairs.slice(1, 2) });
		expect(cost).toMatchObject({
			nodes: 10,
			costPercent: 4,
			leasePercent: 3,
			hooks: { pairs: 3, cpuRatio: { median: 0.96, min: 0.9, max: 0.97 } },
		});
		expect(cost.processes).toMatchObject({ pairs: 1, perSecond: { without: 500, with: 450 } });
	});
});
