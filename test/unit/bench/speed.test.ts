import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessCost } from '../../../bench/speed/measure-process.ts';
import { measureProcess } from '../../../bench/speed/measure-process.ts';
import { renderComparisons, summarize } from '../../../bench/speed/render.ts';
import { spreadOf } from '../../../bench/speed/statistics.ts';

describe('a spread', () => {
	it('is the median, the least and the most', () => {
		expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
		expect(spreadOf([10, 1, 2, 4])).toEqual({ median: 3, min: 1, max: 10 });
	});

	it('is none where a run is missing', () => {
		expect(spreadOf([1, null, 2])).toBeNull();
		expect(spreadOf([])).toBeNull();
	});
});

describe('the result', () => {
	const costs = (...ms: (number | null)[]): (ProcessCost | null)[] =>
		ms.map((each) => (each === null ? null : { ms: each, peakMB: each / 10 }));
	const comparisons = [
		{ nodes: 10, rounds: { flowferry: costs(1.04, 3, 2), nrlint: costs(7, 9, 8), nrlintWithoutEslint: costs(4, 5, 6) } },
		{ nodes: 20, rounds: { flowferry: costs(10, 30, 20), nrlint: costs(70, null, null), nrlintWithoutEslint: costs(40, 50, 60) } },
	];

	it('has these keys and no other, with null where a run took too long', () => {
		expect(JSON.stringify(summarize(comparisons))).toBe(
			'{"nodes":[10,20],"flowferryMs":[2,20],"nrlintMs":[8,null],"nrlintWithoutEslintMs":[5,50],"flowferryRssMB":[0.2,2]}',
		);
	});

	it('says the spread in the table, and what took too long', () => {
		const lines = renderComparisons(comparisons, 300_000);
		expect(lines[1]).toMatch(/^10 .*2 \(1–3\) ms +8 \(7–9\) ms +5 \(4–6\) ms/);
		expect(lines[2]).toContain('over 300 s');
	});
});

describe('a measured process', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-test-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	it('costs time and memory', async () => {
		const cost = await measureProcess(['-e', 'Buffer.alloc(40e6, 1); setTimeout(() => process.exit(1), 50)'], folder, 20_000);
		expect(cost?.ms).toBeGreaterThan(50);
		expect(cost?.peakMB).toBeGreaterThan(40);
	});

	it('is killed when it takes too long, and is no result', async () => {
		expect(await measureProcess(['-e', 'for (;;);'], folder, 300)).toBeNull();
	});

	it('must end as a linter does', async () => {
		await expect(measureProcess(['-e', 'process.exit(3)'], folder, 20_000)).rejects.toThrow('ended with 3');
	});
});
