import type { CutoverContext } from '../../../src/lib/cutover/context.ts';
import { emptyReport } from '../../../src/lib/cutover/context.ts';
import { exclusiveActions } from '../../../src/lib/cutover/strategies/exclusive.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { LeaseRecord } from '../../../src/lib/lease/lease.ts';
import type { InstanceState } from '../../../src/lib/targets/instance.ts';

const release = (number: number) => ({ number, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00.000Z' });

/** Blue has one instance, which does not answer; the lease store knows these leases. */
function contextWith(leases: () => LeaseRecord[]): CutoverContext {
	const silent = { name: 'blue/0', status: async () => null };
	return {
		kind: 'promote',
		strategy: 'exclusive',
		from: { slot: 'blue', release: release(1) },
		to: { slot: 'green', release: release(2) },
		environment: { timeouts: { quiesceMs: 150 } },
		target: { instances: async () => [silent], leases: { list: async () => leases() } },
		report: emptyReport(),
	} as unknown as CutoverContext;
}

const lease: LeaseRecord = { seat: 'active', holder: 'blue/0@1', token: 1, remainingMs: 500 };

describe('closing the old sources', () => {
	it('does not pass over an instance that holds the lease and does not answer', async () => {
		const { steps } = exclusiveActions(contextWith(() => [lease]));
		await expect(steps.quiesce()).rejects.toThrow("blue/0@1 holds the seat 'active', but does not answer");
	});

	it('goes on once its lease has ended, and with it its flows', async () => {
		let asked = 0;
		const { steps } = exclusiveActions(contextWith(() => (asked++ < 2 ? [lease] : [{ ...lease, seat: 'promotion', holder: 'me' }])));
		await expect(steps.quiesce()).resolves.toBeUndefined();
		expect(asked).toBe(3);
	});
});

describe('an old Node-RED of a version that is not known', () => {
	it('is stopped as it is before the new flows start, and the report says so', async () => {
		const calls: string[] = [];
		const call =
			<T>(name: string, result: T) =>
			async () => {
				calls.push(name);
				return result;
			};
		const status = (holder: string, more: object) => ({ holder, seat: 'active', ...more });
		const streams = { streams: [], marks: [], counts: {}, lost: [], closedAtMs: null };
		const old = {
			name: 'blue/0',
			status: async () => status('blue/0@1', { state: 'active', lease: { token: 1 } }),
			quiesce: call('quiesce', { closed: [], stuck: [], unknown: ['node._flow'], streams }),
			drain: call('drain', { drained: false, left: [], durationMs: 0 }),
			demote: call('demote', undefined),
		};
		const next = {
			name: 'green/0',
			status: async () => status('green/0@2', { state: 'standby', lease: null }),
			activate: call('activate', null),
		};
		const context = {
			...contextWith(() => []),
			environment: {
				mode: 'hot-spare',
				context: { carry: false },
				timeouts: { quiesceMs: 10, drainMs: 10, handOverMs: 10, activateMs: 10 },
			},
			target: {
				instances: async (slot: string) => [slot === 'blue' ? old : next],
				leases: { list: async () => [] },
				router: { status: async () => null },
			},
		} as unknown as CutoverContext;
		const { steps } = exclusiveActions(context);
		for (const step of ['quiesce', 'drain', 'hand over', 'activate'] as const) await steps[step]();
		expect(calls).toEqual(['quiesce', 'drain', 'demote', 'activate']);
		expect(context.report).toMatchObject({ drained: false, unknownFields: ['node._flow'] });
	});
});

describe('a rollback that fails, when it is over', () => {
	type State = InstanceState | null;

	/** Green holds the release that was to come back. */
	async function discarding(before: State[], started: State[]) {
		let states = before;
		const done: string[] = [];
		const instance = (index: number) => ({
			name: `green/${index}`,
			status: async () => (states[index] ? { state: states[index] } : null),
		});
		const release = { number: 1, snapshot: 'a'.repeat(64), created: '' };
		const context = {
			...contextWith(() => []),
			kind: 'rollback',
			to: { slot: 'green', release },
			progress: () => {},
			target: {
				journal: { slots: async () => ({ green: release }) },
				instances: async () => before.map((_, index) => instance(index)),
				start: async () => {
					done.push('start');
					states = started;
				},
				discard: async () => void done.push('discard'),
			},
		} as unknown as CutoverContext;
		await exclusiveActions(context).compensations.discard();
		return done;
	}

	it('leaves its slot warm, and waits for one whose flows had to be ended with their Node-RED', async () => {
		expect(await discarding(['standby', 'starting'], ['standby', 'standby'])).toEqual(['start']);
	});

	it.each<[string, State[], State[]]>([
		['does not come up', ['standby', 'starting'], ['standby', 'failed']],
		['is given up', ['standby', 'failed'], ['standby', 'standby']],
		['does not answer', ['standby', null], ['standby', 'standby']],
	])('discards it where one %s', async (_, before, started) => {
		expect((await discarding(before, started)).at(-1)).toBe('discard');
	});
});

describe('a way back in load-balanced mode', () => {
	type State = InstanceState | null;

	interface Faults {
		/** What becomes of blue's instances by a start. */
		started: State[];
		/** Of blue, by number: whose flows do not stop; whose flows never start; whose runner dies when they are to start for the first time. */
		stuck: number[];
		refuses: number[];
		dies: number[];
	}

	/** Green has run its flows, and each of its instances has made something of the context; blue is to go on. */
	async function goingBack(blue: State[], { started = blue, stuck = [], refuses = [], dies = [] }: Partial<Faults> = {}) {
		const done: string[] = [];
		const states: Record<string, State[]> = { blue, green: blue.map(() => 'active') };
		const toDie = new Set(dies);
		/** How often each of blue's runners was started again. */
		const lives = blue.map(() => 0);
		const instance = (slot: 'blue' | 'green', index: number) => {
			const name = `${slot}/${index}`;
			const become = (state: State) => {
				states[slot] = (states[slot] as State[]).with(index, state);
			};
			return {
				name,
				status: async () => {
					const state = states[slot]?.[index];
					const lease = state === 'active' || state === 'quiesced' ? { token: 1 } : null;
					return state ? { holder: `${name}@${slot === 'blue' ? lives[index] : 0}`, seat: `active/${index}`, state, lease } : null;
				},
				demote: async () => {
					if (slot === 'blue' && stuck.includes(index)) throw new Error(`the flows of ${name} do not stop`);
					become('standby');
				},
				exportContext: async () => ({ values: `of ${name}`, excepted: 0, left: [], stores: [] }),
				importContext: async (values: string) => {
					done.push(`${name} has the context ${values}`);
					return { carried: 1, bytes: 1, left: [] };
				},
				activate: async () => {
					if (toDie.delete(index)) {
						become(null);
						lives[index] = 1;
						throw new Error(`${name} died`);
					}
					if (refuses.includes(index)) throw new Error(`${name} does not go on`);
					become('active');
					done.push(`${name} goes on`);
				},
			};
		};
		const context = {
			...contextWith(() => []),
			environment: {
				name: 'production',
				mode: 'load-balanced',
				context: { carry: true, except: [], maxBytes: 1000 },
				timeouts: { handOverMs: 10, activateMs: 10, contextMs: 10 },
			},
			progress: () => {},
			target: {
				instances: async (slot: 'blue' | 'green') => blue.map((_, index) => instance(slot, index)),
				start: async () => {
					done.push('start');
					states.blue = (states.blue as State[]).map((state, index) => state ?? (started[index] as State));
					const lost = states.blue.indexOf(null);
					if (lost >= 0)
						throw new FlowferryError({ code: 'INSTANCE_NOT_STANDING', message: `blue/${lost} does not come up`, hint: 'see its log' });
				},
			},
		} as unknown as CutoverContext;
		const failed = await exclusiveActions(context)
			.compensations.restore()
			.then(
				() => null,
				(error: Error) => error.message,
			);
		return { failed, done, carried: context.report.contextBack?.carried, ...context.report };
	}
	const isLeft = (name: string) => `not all instances run the flows again: ${name} is left; flowferry up production starts what has ended`;

	it('has those that stand go on before the others are waited for', async () => {
		const { failed, done, carried, remarks } = await goingBack(['quiesced', null], { started: ['standby', 'standby'] });
		expect(failed).toBeNull();
		expect(done).toEqual([
			'blue/0 has the context of green/0',
			'blue/0 goes on',
			'start',
			'blue/1 has the context of green/1',
			'blue/1 goes on',
		]);
		expect([carried, remarks]).toEqual([2, []]);
	});

	it('bears one that does not come up, and says so, and what it would have had', async () => {
		const { failed, done, contextBack, remarks } = await goingBack(['standby', null]);
		expect(failed).toBeNull();
		expect(done).toEqual(['blue/0 has the context of green/0', 'blue/0 goes on', 'start']);
		expect(contextBack).toMatchObject({ carried: 1, left: [{ why: 'green/1 has no counterpart that could go on' }] });
		expect(remarks).toEqual(['blue/1 does not come up; see its log', isLeft('blue/1')]);
	});

	it('bears one that does not go on', async () => {
		const { failed, remarks } = await goingBack(['standby', 'standby'], { refuses: [1] });
		expect([failed, remarks]).toEqual([null, ['blue/1 does not go on', isLeft('blue/1')]]);
	});

	it('has the others go on where the flows of one do not stop', async () => {
		const { failed, done, remarks } = await goingBack(['quiesced', 'quiesced'], { stuck: [0] });
		expect(failed).toBeNull();
		expect(done).toContain('blue/1 goes on');
		expect(remarks).toEqual(['the flows of blue/0 do not stop', isLeft('blue/0')]);
	});

	it.each<State>(['demoting', 'starting'])('has one that is %s go on, too', async (state) => {
		const { done, carried, remarks } = await goingBack(['standby', state]);
		expect(done.slice(-2)).toEqual(['blue/1 has the context of green/1', 'blue/1 goes on']);
		expect([carried, remarks]).toEqual([2, []]);
	});

	it('waits for one that ends again and again only where nobody else runs the flows', async () => {
		const { failed, done, remarks } = await goingBack(['standby', 'failed']);
		expect(failed).toBeNull();
		expect(done).not.toContain('blue/1 goes on');
		expect(remarks).toEqual([isLeft('blue/1')]);
		expect((await goingBack(['failed', null])).done).toContain('blue/0 goes on');
	});

	it('carries no context twice to one whose flows ran for a moment, or may have', async () => {
		const { done, carried } = await goingBack(['standby', 'standby'], { refuses: [1] });
		expect(done.filter((each) => each.startsWith('blue/1'))).toEqual(['blue/1 has the context of green/1']);
		expect(carried).toBe(2);
	});

	it('does not count what came to one that died and is gone', async () => {
		const { contextBack } = await goingBack(['standby', 'standby'], { dies: [1], started: ['standby', null] });
		expect(contextBack).toMatchObject({ carried: 1, left: [{ why: 'green/1 has no counterpart that could go on' }] });
	});

	it('carries the context once more to one that died before it went on', async () => {
		const { done, carried } = await goingBack(['standby', 'standby'], { dies: [1] });
		expect(done.filter((each) => each.startsWith('blue/1'))).toEqual([
			'blue/1 has the context of green/1',
			'blue/1 has the context of green/1',
			'blue/1 goes on',
		]);
		expect(carried).toBe(2);
	});

	it.each<[string, State[], Partial<Faults>, string]>([
		['comes up', [null, null], {}, 'blue/0 does not come up'],
		['goes on', ['standby', 'standby'], { refuses: [0, 1] }, 'blue/0 does not go on'],
		['is let go of', ['quiesced', 'quiesced'], { stuck: [0, 1] }, 'the flows of blue/0 do not stop'],
	])('fails where none %s', async (_, blue, faults, message) => {
		expect((await goingBack(blue, faults)).failed).toBe(message);
	});
});
