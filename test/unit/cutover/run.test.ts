import { rolledBack } from '../../../src/lib/cutover/promotion-errors.ts';
import { runPromotion } from '../../../src/lib/cutover/run.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { Journal, PromotionRecord } from '../../../src/lib/promotion/journal.ts';
import type { PromotionState, Step } from '../../../src/lib/promotion/machine.ts';
import { compensations, initialState, steps } from '../../../src/lib/promotion/machine.ts';

const release = { number: 2, snapshot: 'b'.repeat(64), created: '2026-01-01T00:00:00.000Z' };
const record: PromotionRecord = {
	id: 1,
	kind: 'promote',
	strategy: 'exclusive',
	from: { slot: 'blue', release: { ...release, number: 1 } },
	to: { slot: 'green', release },
	state: initialState,
	by: 'test',
	started: '2026-01-01T00:00:00.000Z',
	ended: null,
};

interface Scenario {
	failAt?: Step;
	/** By what; default: a plain error. */
	failure?: Error;
	failCompensation?: string;
	/** The journal cannot be written from its n-th entry on. */
	journalFullAfter?: number;
	stopBefore?: Step;
	pauses?: boolean;
	/** Somebody else takes it over once this was done. */
	supersededAfter?: string;
}

async function play({
	failAt,
	failure,
	failCompensation,
	journalFullAfter = Number.POSITIVE_INFINITY,
	stopBefore,
	pauses = false,
	supersededAfter,
}: Scenario) {
	const done: string[] = [];
	const written: PromotionState[] = [];
	const act = (name: string, fails: boolean) => async () => {
		if (fails) throw failure ?? new Error(`${name} broke`);
		done.push(name);
	};
	const state = await runPromotion({
		record,
		actions: {
			steps: Object.fromEntries(steps.map((step) => [step, act(step, step === failAt)])) as Record<Step, () => Promise<void>>,
			compensations: Object.fromEntries(compensations.map((name) => [name, act(name, name === failCompensation)])) as never,
		},
		journal: {
			record: async (_id: number, entry: PromotionState) => {
				if (written.length >= journalFullAfter) throw new Error('database or disk is full');
				written.push(entry);
			},
		} as unknown as Journal,
		observe: () => {},
		pauses,
		stopReason: () => (stopBefore && done.at(-1) === steps[steps.indexOf(stopBefore) - 1] ? 'interrupted' : null),
		redact: (text) => text.replaceAll('s3cret', '***'),
		superseded: async () => supersededAfter !== undefined && done.at(-1) === supersededAfter,
	});
	return { state, done, written };
}

describe('runPromotion', () => {
	it('runs every step in order, each in the journal before it acts', async () => {
		const { state, done, written } = await play({});
		expect(state).toEqual({ kind: 'baking' });
		expect(done).toEqual([...steps]);
		expect(written.map((entry) => (entry.kind === 'going' ? `${entry.reached}, ${entry.running}` : entry.kind)).slice(0, 3)).toEqual([
			'planned, prepare',
			'prepared, validate',
			'validated, connect',
		]);
		expect(written).toHaveLength(steps.length + 1);
		expect(written.at(-1)).toEqual({ kind: 'baking' });
	});

	it.each(steps.slice(3))("restores the old side where '%s' fails", async (failAt) => {
		const { state, done } = await play({ failAt });
		expect(state).toEqual({ kind: 'rolled back', failed: failAt, cause: `${failAt} broke` });
		expect(done.slice(-3)).toEqual(['restore', 'let flow', 'discard']);
	});

	it('keeps the remedy of what failed, for the error that tells of it', async () => {
		const failure = new FlowferryError({ code: 'PORT_TAKEN', message: 'port 1880 is taken', hint: 'end what has it' });
		const { state } = await play({ failAt: 'activate', failure });
		expect(state).toMatchObject({ kind: 'rolled back', cause: 'port 1880 is taken; end what has it' });
		if (state.kind !== 'rolled back') throw new Error('it was not rolled back');
		const told = rolledBack('production', record, state, null).toJSON();
		expect(told).toMatchObject({
			code: 'CUTOVER_ROLLED_BACK',
			message: expect.stringContaining("'activate' failed: port 1880 is taken; end what has it\nRelease 1 serves, as before."),
			hint: expect.stringContaining('mend the cause'),
		});
	});

	it('says that an operator is needed where a compensation fails', async () => {
		const { state } = await play({ failAt: 'activate', failCompensation: 'restore' });
		expect(state).toEqual({
			kind: 'needs operator',
			failed: 'activate',
			cause: 'activate broke',
			reason: "'restore' failed: restore broke",
		});
	});

	it.each(Array.from({ length: steps.length }, (_, count) => count))(
		'goes back where the journal cannot be written after %i entries',
		async (journalFullAfter) => {
			const { state, done } = await play({ journalFullAfter });
			expect(state.kind).toBe('rolled back');
			expect(done.at(-1)).toBe('discard');
		},
	);

	it.each(['prepare', 'hold', 'activate', 'restore'])(
		"touches nothing more once somebody else took over after '%s'",
		async (supersededAfter) => {
			const played = play({ failAt: 'verify', supersededAfter });
			await expect(played).rejects.toMatchObject({ code: 'LOCK_LOST', exitStatus: 5 });
		},
	);

	it('goes back when it is interrupted', async () => {
		const { state, done } = await play({ stopBefore: 'activate' });
		expect(state).toMatchObject({ kind: 'rolled back', cause: 'interrupted' });
		expect(done).not.toContain('activate');
	});

	it('pauses when all is prepared and validated, in the journal before it returns', async () => {
		const { state, done, written } = await play({ pauses: true });
		expect(state).toEqual({ kind: 'paused' });
		expect(done).toEqual(['prepare', 'validate']);
		expect(written.at(-1)).toEqual({ kind: 'paused' });
	});

	it('does not pause where it is to stop, or where the journal cannot say so', async () => {
		expect(await play({ pauses: true, stopBefore: 'connect' })).toMatchObject({ state: { kind: 'rolled back', cause: 'interrupted' } });
		expect(await play({ pauses: true, journalFullAfter: 2 })).toMatchObject({ state: { kind: 'rolled back', failed: 'connect' } });
	});
});
