import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missedAims } from '../../../bench/failover/aims.ts';
import { doubleActiveMs, firstByAnother, instanceOf, latestHandler } from '../../../bench/failover/handling.ts';
import type { Measured } from '../../../bench/failover/measure.ts';
import { openRecord } from '../../../bench/failover/record.ts';
import { renderResult } from '../../../bench/failover/render.ts';
import { summarizeDrill, summarizeRestarts } from '../../../bench/failover/summary.ts';

const run = (over: Partial<Measured> = {}): Measured => ({
	target: 'process',
	kind: 'crash',
	session: 'ordinary',
	ttlMs: 2000,
	detectMs: 20,
	serveMs: 200,
	servedBy: 'spare',
	published: 400,
	lost: 0,
	duplicated: 5,
	doubleActiveMs: 0,
	...over,
});

describe('what the witness heard', () => {
	const handled = [
		{ by: 'blue/0#1', atMs: 100 },
		{ by: 'blue/0#1', atMs: 110 },
		{ by: 'blue/1#2', atMs: 305 },
		{ by: 'blue/1#2', atMs: 300 },
	];

	it('has the first message of somebody else by when it was handled, not by when it was heard', () => {
		expect(firstByAnother(handled, 'blue/0#1')).toEqual({ by: 'blue/1#2', atMs: 300 });
		expect(firstByAnother(handled.slice(0, 2), 'blue/0#1')).toBeNull();
	});

	it('tells who handles messages, by when they were handled', () => {
		expect(latestHandler(handled)).toBe('blue/1#2');
		expect(latestHandler([])).toBeNull();
		expect(['blue/1#2', '#3'].map(instanceOf)).toEqual(['blue/1', '']);
	});

	it('shows a message that a woken one handles', () => {
		expect(doubleActiveMs(handled)).toBe(0);
		expect(doubleActiveMs([...handled, { by: 'blue/0#1', atMs: 303 }])).toBe(3);
	});
});

describe('a summary', () => {
	it('adds what was lost and doubled, and takes the worst of what must be nothing', () => {
		const summary = summarizeDrill('crash', 'ordinary', [
			run(),
			run({ serveMs: 300, servedBy: 'itself', lost: 2, duplicated: 9, doubleActiveMs: 4 }),
			run(),
		]);
		expect(summary).toMatchObject({
			runs: 3,
			spare: 'hot',
			serveMs: { median: 200, max: 300 },
			bySpare: 2,
			lost: 2,
			duplicated: 19,
			mostDuplicated: 9,
			doubleActiveMs: 4,
		});
		expect(summary.missedAims).toEqual(['2 messages were lost', 'two instances handled messages for 4 ms']);
	});

	it('says where a fault is answered too late; a lost store has no limit', () => {
		const late = { serveMs: { median: 2501, max: 2501 }, lost: 0, doubleActiveMs: 0 };
		for (const kind of ['crash', 'hang', 'freeze'] as const) expect(missedAims({ kind, ...late }, 2000)).toHaveLength(1);
		expect(missedAims({ kind: 'store-loss', ...late }, 2000)).toEqual([]);
	});

	it('gives a freeze half a second beyond the lease, however long that lasts', () => {
		const frozen = (serveMs: number, ttlMs: number) => summarizeDrill('freeze', 'ordinary', [run({ kind: 'freeze', serveMs, ttlMs })]);
		expect(frozen(6500, 6000).missedAims).toEqual([]);
		expect(frozen(6501, 6000).missedAims).toEqual(['the median time to the first message is 6501 ms, not 6500 ms']);
		expect(frozen(1600, 1000).missedAims).toEqual(['the median time to the first message is 1600 ms, not 1500 ms']);
	});

	it('is a table, with the plain way and the misses below', () => {
		const lines = renderResult({
			target: 'docker',
			drills: [summarizeDrill('crash', 'ordinary', [run({ lost: 1 })])],
			takeoverWithoutSpareMs: summarizeRestarts([run({ session: 'persistent-without-spare', serveMs: 4000 })]),
			plainRestartMs: summarizeRestarts([run({ session: 'plain', serveMs: 7000, lost: 3 })]),
			failed: [{ kind: 'hang', session: 'ordinary', error: 'nobody came' }],
		});
		expect(lines.slice(2)).toEqual([
			'fault  session, spare  runs    detected  first message  by a spare  lost  doubled  most in a run  double active',
			'crash  ordinary, hot      1  20 (20) ms   200 (200) ms           1     1        5              5           0 ms',
			'',
			'without a spare, after a crash: 4000 (4000) ms to the first message, 0 lost, 5 doubled, 1 runs',
			'',
			'without flowferry, started again by the place, after a crash: 7000 (7000) ms to the first message, 3 lost, 5 doubled, 1 runs',
			'! crash, ordinary: 1 messages were lost',
			'! hang, ordinary could not be measured: nobody came',
		]);
	});
});

it('goes on from what was recorded', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-record-'));
	const file = join(folder, 'runs.jsonl');
	try {
		await (await openRecord(file)).add(run());
		expect((await openRecord(file)).runs).toEqual([run()]);
		await writeFile(file, '{');
		await expect(openRecord(file)).rejects.toThrow();
	} finally {
		await rm(folder, { recursive: true });
	}
});
