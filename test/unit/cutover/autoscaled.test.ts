import { bringUp } from '../../../src/lib/cutover/bring-up.ts';
import type { CutoverContext } from '../../../src/lib/cutover/context.ts';
import { emptyReport } from '../../../src/lib/cutover/context.ts';
import { continuePromotion } from '../../../src/lib/cutover/continue-promotion.ts';
import { exclusiveActions } from '../../../src/lib/cutover/strategies/exclusive.ts';
import { verifyRelease } from '../../../src/lib/cutover/verify-release.ts';
import type { Release } from '../../../src/lib/promotion/journal.ts';
import type { Instance } from '../../../src/lib/targets/instance.ts';
import { SlotWorld } from './slot-world.ts';

/** Of an environment in which an autoscaler says how many pods there are: at least two. */
const autoscaled = { mode: 'load-balanced', target: 'kubernetes', instances: 5, kubernetes: { autoscale: { from: 2 } } };

const release = (number: number): Release => ({ number, snapshot: String(number).repeat(64), created: '' });

/** `gone`: its pod was taken away. */
type Says = 'active' | 'standby' | 'gone';

function instance(name: string, says: () => Says): Instance {
	const status = async () => {
		const state = says();
		return state === 'gone' ? null : { instance: name, state, lease: state === 'active' ? { token: 1 } : null, crashes: 0, agent: null };
	};
	return { name, status } as unknown as Instance;
}

describe('a release whose number of pods an autoscaler says', () => {
	/** @param listed how many pods there are to be, by how often that was asked */
	async function verify(listed: (asked: number) => number, says: (index: number, asked: number) => Says, environment: object = autoscaled) {
		let lists = 0;
		let statuses = 0;
		const context = {
			from: null,
			to: { slot: 'green', release: release(2) },
			environment: { ...environment, checks: [], errorRate: { factor: 5, minimum: 10 } },
			target: {
				instances: async () =>
					Array.from({ length: listed(lists++) }, (_, index) => instance(`green/${index}`, () => says(index, statuses++))),
			},
			insists: true,
			report: emptyReport(),
		} as unknown as CutoverContext;
		await verifyRelease(context);
		return lists;
	}

	it('serves while one that was added comes up', async () => {
		await verify(
			() => 3,
			(index) => (index < 2 ? 'active' : 'standby'),
		);
		await verify(
			() => 3,
			(index) => (index < 2 ? 'active' : 'gone'),
		);
	});

	it('does not serve with fewer than there are to be at least', async () => {
		const one = () =>
			verify(
				() => 3,
				(index) => (index < 1 ? 'active' : 'standby'),
			);
		await expect(one()).rejects.toThrow('only 1 of 2 instances are active');
	});

	it('serves with those that are left where some were taken away meanwhile', async () => {
		// Active when it begins, and gone when it is looked at again.
		const lists = await verify(
			(asked) => (asked === 0 ? 3 : 2),
			(index, asked) => (index === 2 && asked > 2 ? 'gone' : 'active'),
		);
		expect(lists).toBe(2);
	});

	it('does not serve where one ended that nobody took away', async () => {
		const ended = () =>
			verify(
				() => 3,
				(index, asked) => (index === 2 && asked > 2 ? 'gone' : 'active'),
			);
		await expect(ended()).rejects.toThrow('green/2 does not stay active');
	});

	it('is whole without an autoscaler when all are active, and no sooner', async () => {
		const fixed = { mode: 'load-balanced', target: 'kubernetes', instances: 3, kubernetes: {} };
		const all = (says: (index: number) => Says) => verify(() => 3, says, fixed);
		await all(() => 'active');
		await expect(all((index) => (index < 2 ? 'active' : 'standby'))).rejects.toThrow('only 2 of 3 instances are active');
	});
});

describe('a paused promotion that goes on', () => {
	/** @returns what it begins with @param standing new instances @param serving old ones */
	async function goOn(standing: number, serving: number, environment: object = autoscaled): Promise<string> {
		const world = await SlotWorld.open(1);
		const [old, next] = [await world.journal.release(1), await world.journal.createRelease('b'.repeat(64))];
		await world.journal.setSlot('green', next);
		const from = { slot: 'blue', release: old as Release } as const;
		const draft = { kind: 'promote', strategy: 'exclusive', from, to: { slot: 'green', release: next } } as const;
		await world.journal.begin(draft, 'test', { kind: 'paused' });
		const setting = world.setting(environment);
		const begun: string[] = [];
		const begin = (what: string) => async () => {
			begun.push(what);
			throw new Error(what);
		};
		Object.assign(setting.target, {
			instances: async (slot: string) =>
				Array.from({ length: slot === 'blue' ? serving : standing }, (_, index) => ({
					...instance(`${slot}/${index}`, () => (slot === 'blue' ? 'active' : 'standby')),
					validate: begin('validate'),
				})),
			prepare: begin('prepare'),
			discard: async () => {},
		});
		await expect(continuePromotion({ ...setting, loadSnapshot: async () => ({}) as never })).rejects.toThrow();
		return begun[0] as string;
	}

	it('goes on with the instances that stand by', async () => {
		expect(await goOn(3, 3)).toBe('validate');
		expect(await goOn(4, 3)).toBe('validate');
		// No more than there may be by now.
		expect(await goOn(5, 8)).toBe('validate');
	});

	it('prepares anew where an autoscaler has taken away what is to carry the load', async () => {
		expect(await goOn(2, 3)).toBe('prepare');
		expect(await goOn(0, 0)).toBe('prepare');
	});

	it('minds no other number where there is no autoscaler', async () => {
		expect(await goOn(2, 3, { ...autoscaled, kubernetes: {} })).toBe('validate');
	});
});

describe('flows that are to run in a slot whose number of pods an autoscaler says', () => {
	/** Blue has so many instances, of which the last is not there; each notes when it is to run its flows. */
	function slotOf(listed: () => number) {
		const activated: string[] = [];
		const blue = (index: number) => ({
			...instance(`blue/${index}`, () => (activated.includes(`blue/${index}`) ? 'active' : 'standby')),
			activate: async () => {
				if (index === 2) throw new Error('blue/2 has no runner that answers');
				activated.push(`blue/${index}`);
			},
		});
		const instances = async (slot: string) => (slot === 'blue' ? Array.from({ length: listed() }, (_, index) => blue(index)) : []);
		return { activated, instances };
	}
	const environment = { ...autoscaled, timeouts: { handOverMs: 10, activateMs: 10 }, context: { carry: false } };

	it('run where they ran before when a promotion goes back, but for one that was taken away meanwhile', async () => {
		let isStarted = false;
		const { activated, instances } = slotOf(() => (isStarted ? 2 : 3));
		const start = async () => {
			isStarted = true;
		};
		const context = {
			from: { slot: 'blue', release: release(1) },
			to: { slot: 'green', release: release(2) },
			environment,
			target: { instances, start },
			progress: () => {},
			report: emptyReport(),
		} as unknown as CutoverContext;
		await exclusiveActions(context).compensations.restore();
		expect([activated, context.report.remarks]).toEqual([['blue/0', 'blue/1'], []]);
	});

	it('run after up, but for one that is being added, which runs them by itself', async () => {
		let isStarted = false;
		const { activated, instances } = slotOf(() => (isStarted ? 3 : 2));
		const world = await SlotWorld.open(1);
		const setting = world.setting(environment);
		const start = async () => {
			isStarted = true;
		};
		const failover = { intent: async () => ({ paused: null }) };
		const withUrl = async (slot: string) =>
			(await instances(slot)).map((each) => ({ ...each, status: async () => ({ ...(await each.status()), url: 'http://10.1.0.7:1880' }) }));
		Object.assign(setting.target, { instances: withUrl, start, failover });
		await bringUp(setting);
		expect(activated).toEqual(['blue/0', 'blue/1']);
	});
});
