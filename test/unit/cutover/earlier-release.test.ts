import { DatabaseSync } from 'node:sqlite';
import { releaseToReturnTo } from '../../../src/lib/cutover/earlier-release.ts';
import type { Release } from '../../../src/lib/promotion/journal.ts';
import type { PromotionState } from '../../../src/lib/promotion/machine.ts';
import { initialState, isFinished } from '../../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';

/** Each release came to a state; the last serves, in blue. */
async function environmentWith(...states: PromotionState[]) {
	const database = new DatabaseSync(':memory:');
	database.exec(journalTables);
	const journal = new SqliteJournal(database, () => new Date());
	const releases: Release[] = [];
	for (const state of states) {
		const release = await journal.createRelease(String(releases.length + 1).repeat(64));
		releases.push(release);
		const { id } = await journal.begin(
			{ kind: 'promote', strategy: 'gated', from: null, to: { slot: 'blue', release } },
			'x',
			initialState,
		);
		await journal.record(id, state, isFinished(state));
	}
	const serving = { slot: 'blue' as const, release: releases.at(-1) as Release };
	return { journal, back: async (number?: number) => (await releaseToReturnTo('production', journal, serving, number)).number };
}

const served: PromotionState = { kind: 'baking' };
const undone: PromotionState = { kind: 'rolled back', failed: 'connect', cause: 'aborted by x' };

describe('the release that a rollback goes to', () => {
	it('is one that has served, also long ago', async () => {
		const { back } = await environmentWith({ kind: 'retired' }, served, undone, served);
		expect([await back(1), await back(2), await back()]).toEqual([1, 2, 2]);
	});

	it.each([
		['was undone, or aborted', undone],
		['is paused', { kind: 'paused' } as const],
		['could go neither on nor back', { kind: 'needs operator', failed: 'hold', cause: 'x', reason: 'y' } as const],
	])('is none that %s: its snapshot is promoted instead', async (_, state) => {
		const { back } = await environmentWith(served, state, served);
		await expect(back(2)).rejects.toMatchObject({
			code: 'RELEASE_NEVER_SERVED',
			exitStatus: 2,
			message: expect.stringContaining('release 2 never served'),
			hint: expect.stringContaining('flowferry promote production --snapshot 222222222222'),
		});
	});

	it('is one again to which somebody went back', async () => {
		const { journal, back } = await environmentWith(undone, served);
		const release = (await journal.release(1)) as Release;
		const { id } = await journal.begin(
			{ kind: 'rollback', strategy: 'gated', from: null, to: { slot: 'green', release } },
			'x',
			initialState,
		);
		await journal.record(id, { kind: 'baking' }, true);
		expect(await back(1)).toBe(1);
	});

	it('is none that serves, or that there never was', async () => {
		const { back } = await environmentWith(served);
		await expect(back(1)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN', message: 'release 1 serves already' });
		await expect(back(9)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN', message: 'there is no release 9' });
		await expect(back()).rejects.toMatchObject({ code: 'NOTHING_TO_RETURN_TO' });
	});
});
