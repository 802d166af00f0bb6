import { jest } from '@jest/globals';
import type { LeaseGrant, LeaseRefusal, LeaseStore } from '../../../src/lib/lease/lease.ts';
import { LeaseKeeper } from '../../../src/lib/lease/lease-keeper.ts';

const timing = { ttlMs: 200, renewDeadlineMs: 120, retryMs: 30 };
const grant: LeaseGrant = { granted: true, seat: 'active', holder: 'blue', token: 7 };

type Answer = LeaseGrant | LeaseRefusal | Error | 'never' | { after: number; answer: LeaseGrant | LeaseRefusal | Error };

/** Time goes by as the tests tell it: what is promised is promised for the clock, not for a machine that stands still. */
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const settle = <T>(answer: T | Error): Promise<T> => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));

/** A store whose renewals answer in this order; the last one goes on. */
function scripted(renewals: Answer[]) {
	const calls: string[] = [];
	let turn = 0;
	const store: LeaseStore = {
		acquire: async () => grant,
		renew: () => {
			calls.push('renew');
			const answer = renewals[Math.min(turn++, renewals.length - 1)] as Answer;
			if (answer === 'never') return new Promise(() => {});
			return 'after' in answer ? after(answer.after).then(() => settle(answer.answer)) : settle(answer);
		},
		handOver: async (_seat, _holder, token, to) => {
			calls.push(`hand over ${token} to ${to}`);
			return grant;
		},
		release: async (_seat, _holder, token) => {
			calls.push(`release ${token}`);
		},
		list: async () => [],
		close: () => {},
	};
	return { store, calls };
}

function keep(renewals: Answer[], other?: LeaseStore) {
	const { store: own, calls } = scripted(renewals);
	const store = other ?? own;
	const clock = { nowMs: () => Math.floor(performance.now()), bootId: 'x' };
	const extended: number[] = [];
	const tokens: number[] = [];
	const offsets: number[] = [];
	const lost: { reason: string; at: number }[] = [];
	const events = {
		extended: (until: number, token: number, wallOffsetMs: number) => {
			extended.push(until);
			tokens.push(token);
			offsets.push(wallOffsetMs);
		},
		lost: (reason: string) => lost.push({ reason, at: clock.nowMs() }),
	};
	return {
		keeper: new LeaseKeeper({ store, clock, seat: 'active', holder: 'blue', timing, events }),
		calls,
		extended,
		tokens,
		offsets,
		lost,
		clock,
	};
}

describe('LeaseKeeper', () => {
	beforeEach(() => {
		jest.useFakeTimers();
	});

	afterEach(() => {
		jest.useRealTimers();
	});

	it('renews, and says each time until when the flows may run', async () => {
		const { keeper, extended, tokens, lost, clock } = keep([grant]);
		const asked = clock.nowMs();
		expect(await keeper.acquire()).toBeNull();
		expect(keeper.token).toBe(7);
		expect(extended[0]).toBeLessThanOrEqual(clock.nowMs() + timing.renewDeadlineMs);
		expect(extended[0]).toBeGreaterThanOrEqual(asked + timing.renewDeadlineMs);
		await pass(200);
		expect(extended.length).toBeGreaterThan(2);
		expect(new Set(tokens)).toEqual(new Set([7]));
		expect(lost).toEqual([]);
		await keeper.giveUp(null);
	});

	it('has lost it when somebody else holds it', async () => {
		const { keeper, lost } = keep([grant, { granted: false, seat: 'active', heldBy: 'green', remainingMs: 100 }]);
		await keeper.acquire();
		await pass(150);
		expect(lost.map(({ reason }) => reason)).toEqual(['green holds it']);
		expect(keeper.token).toBeNull();
	});

	it('tries again while there is time, and goes on when the store answers', async () => {
		const { keeper, lost } = keep([new Error('busy'), grant]);
		await keeper.acquire();
		await pass(150);
		expect(lost).toEqual([]);
		await keeper.giveUp(null);
	});

	it('tries sooner again where the store does not answer: its being kept for a moment costs no lease', async () => {
		const { keeper, calls, lost } = keep([new Error('busy')]);
		await keeper.acquire();
		await pass(250);
		expect(lost).toHaveLength(1);
		// At the pace of renewals there would have been three at most.
		expect(calls.length).toBeGreaterThan(4);
	});

	it('gives up before the grant ends when the store does not answer', async () => {
		const { keeper, lost, extended } = keep([new Error('no such host')]);
		await keeper.acquire();
		await pass(250);
		expect(lost).toHaveLength(1);
		expect(lost[0]?.reason).toBe('the lease store does not answer: Error: no such host');
		expect(lost[0]?.at).toBeLessThanOrEqual((extended[0] as number) + timing.ttlMs - timing.renewDeadlineMs);
	});

	it('is lost at the renew deadline even while a renewal hangs', async () => {
		const { keeper, lost, extended } = keep(['never']);
		await keeper.acquire();
		await pass(250);
		expect(lost).toHaveLength(1);
		expect(lost[0]?.at).toBeLessThanOrEqual((extended[0] as number) + timing.ttlMs - timing.renewDeadlineMs);
	});

	it('counts from before it asked: an answer that took its time extends the lease by so much less', async () => {
		const { keeper, extended, lost, clock } = keep([{ after: 60, answer: grant }, 'never']);
		await keeper.acquire();
		const acquired = clock.nowMs();
		while (extended.length < 2) await pass(1);
		expect(clock.nowMs() + timing.renewDeadlineMs - (extended[1] as number)).toBeGreaterThanOrEqual(59);
		expect(extended[1]).toBeGreaterThanOrEqual(acquired + timing.retryMs + timing.renewDeadlineMs - 2);
		expect(lost).toEqual([]);
		await keeper.giveUp(null);
	});

	it('extends nothing by an answer that comes after the deadline', async () => {
		const { keeper, extended, lost } = keep([{ after: 140, answer: grant }]);
		await keeper.acquire();
		await pass(300);
		expect([extended.length, lost.length, keeper.token, keeper.held]).toEqual([1, 1, null, false]);
	});

	it('loses no second lease by a late answer about the first', async () => {
		const { keeper, lost } = keep([{ after: 140, answer: new Error('late') }, grant]);
		await keeper.acquire();
		while (lost.length === 0) await pass(1);
		await keeper.acquire();
		await pass(100);
		expect([lost.length, keeper.held]).toEqual([1, true]);
		await keeper.giveUp(null);
	});

	it('takes no lease whose grant comes after its deadline for one that stands', async () => {
		const { store } = scripted([grant]);
		const late: LeaseStore = { ...store, acquire: () => after(150).then(() => grant) };
		const { keeper, lost, extended, clock } = keep([grant], late);
		const acquired = keeper.acquire();
		await pass(150);
		expect(await acquired).toBeNull();
		expect(keeper.held).toBe(false);
		expect(extended[0]).toBeLessThan(clock.nowMs());
		await pass(20);
		expect([lost.length, keeper.token]).toEqual([1, null]);
	});

	it('tells with each grant how far the wall clock was ahead when it asked', async () => {
		const { keeper, offsets, clock } = keep([{ after: 60, answer: grant }]);
		const before = Date.now() - clock.nowMs();
		await keeper.acquire();
		keeper.announce();
		await keeper.giveUp(null);
		expect(offsets).toHaveLength(2);
		for (const offset of offsets) expect(Math.abs(offset - before)).toBeLessThan(5);
	});

	it('hands over or releases once, and renews no more', async () => {
		const { keeper, calls } = keep([grant]);
		await keeper.acquire();
		await keeper.giveUp('green');
		await keeper.giveUp('green');
		await pass(80);
		expect(calls).toEqual(['hand over 7 to green']);
	});

	it('refuses timings under which two could be active', () => {
		const { store } = scripted([grant]);
		const build = () =>
			new LeaseKeeper({
				store,
				clock: { nowMs: () => 0 },
				seat: 'active',
				holder: 'blue',
				timing: { ttlMs: 100, renewDeadlineMs: 100, retryMs: 10 },
				events: { extended: () => {}, lost: () => {} },
			});
		expect(build).toThrow('lease timing is unsafe');
	});
});
