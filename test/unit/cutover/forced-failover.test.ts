import { forceFailover } from '../../../src/lib/cutover/forced-failover.ts';
import { lockLost } from '../../../src/lib/cutover/run.ts';
import type { RoleChange } from '../../../src/lib/failover/failover-store.ts';
import type { InstanceState } from '../../../src/lib/targets/instance.ts';

type Setting = Parameters<typeof forceFailover>[0];

/** A slot with an active instance and a spare; each field is something that may go wrong. */
interface World {
	/** Whose runner does not answer. */
	silent: string[];
	/** Who takes the free seat by itself. */
	taker: string | null;
	/** Whether the router follows. */
	follows: boolean;
	paused: boolean;
	/** Whether a killed runner can be started again. */
	startsAgain: boolean;
	/** Whether its lease ends with it. */
	dies: boolean;
	/** Why nobody tells that a killed runner has ended. */
	killFails: Error | null;
}

function play(more: Partial<World> = {}) {
	const world: World = {
		silent: [],
		taker: 'blue/1',
		follows: true,
		paused: false,
		startsAgain: true,
		dies: true,
		killFails: null,
		...more,
	};
	const done: string[] = [];
	const recorded: RoleChange[] = [];
	let seat: { holder: string; token: number } | null = { holder: 'blue/0@1', token: 7 };
	let upstream = 'blue/0';
	const take = (name: string) => {
		seat = { holder: `${name}@2`, token: 8 };
		if (world.follows) upstream = name;
	};
	const free = () => {
		seat = null;
		if (world.taker && !world.paused) take(world.taker);
	};
	const holds = (name: string) => seat?.holder.startsWith(`${name}@`) === true;
	const instances = ['blue/0', 'blue/1'].map((name) => ({
		name,
		status: async () => {
			if (world.silent.includes(name)) return null;
			const state: InstanceState = holds(name) ? 'active' : 'standby';
			return { instance: name, seat: 'active', state, url: 'http://127.0.0.1:1', lease: holds(name) ? { token: seat?.token } : null };
		},
		resign: async () => {
			done.push(`resign ${name}`);
			free();
		},
		activate: async () => {
			done.push(`activate ${name}`);
			take(name);
		},
	}));
	const target = {
		journal: { servingSlot: async () => 'blue', slots: async () => ({ blue: { number: 1 } }) },
		instances: async () => instances,
		leases: { list: async () => (seat ? [{ seat: 'active', remainingMs: 500, ...seat }] : []) },
		failover: {
			intent: async () => ({ servingSlot: 'blue', promotion: null, paused: world.paused ? {} : null }),
			record: async (change: RoleChange) => void recorded.push(change),
		},
		router: {
			status: async () => ({ traffic: { state: 'flowing', upstreams: [{ instance: upstream }] } }),
			route: async ([to]: { instance: string }[]) => void done.push(`route ${to?.instance}`),
		},
		clock: async () => ({ nowMs: () => 4711 }),
		kill: async (name: string) => {
			done.push(`kill ${name}`);
			if (world.dies) setTimeout(free, 50);
			if (world.killFails) throw world.killFails;
		},
		start: async () => {
			done.push('start');
			if (!world.startsAgain) throw new Error('blue/0 does not come up');
		},
	};
	const environment = { name: 'production', lease: { ttlMs: 300 }, timeouts: { activateMs: 1000, answerMs: 200, stopMs: 500 } };
	const setting = { environment, target, by: 'ann@host', progress: () => {}, interruptMeans: () => {} } as unknown as Setting;
	return { result: forceFailover(setting), done, recorded };
}

describe('forcing a failover', () => {
	it('has the active one resign, and touches nothing else', async () => {
		const { result, done, recorded } = play();
		expect(await result).toMatchObject({ from: 'blue/0', to: 'blue/1', how: 'resigned', warnings: [] });
		expect(done).toEqual(['resign blue/0']);
		expect(recorded).toEqual([]); // its runner writes that itself
	});

	it('kills one that is silent, says so in its place, and starts it again when the flows run elsewhere', async () => {
		const { result, done, recorded } = play({ silent: ['blue/0'] });
		expect(await result).toMatchObject({ from: 'blue/0', to: 'blue/1', how: 'killed', warnings: [] });
		expect(done).toEqual(['kill blue/0', 'start']);
		expect(recorded[0]?.atMs).toBe(4711); // on the target's clock
		expect(recorded).toMatchObject([
			{ instance: 'blue/0', token: 7, role: 'standby', cause: 'asked', detail: expect.stringContaining('ann@host') },
		]);
	});

	it.each([false, true])('goes by the end of its lease where nobody tells that the silent one has ended (paused: %s)', async (paused) => {
		const { result, done, recorded } = play({
			silent: ['blue/0'],
			killFails: new Error('node2 does not answer'),
			startsAgain: false,
			paused,
		});
		expect(await result).toMatchObject({ to: 'blue/1', how: 'killed', warnings: ['node2 does not answer', 'blue/0 does not come up'] });
		expect(done).toEqual(['kill blue/0', ...(paused ? ['activate blue/1', 'route blue/1'] : []), 'start']);
		expect(recorded[0]?.detail).toContain('nobody tells that it ended');
	});

	it('ends where somebody else has the environment by now', async () => {
		const { result, done, recorded } = play({ silent: ['blue/0'], killFails: lockLost() });
		await expect(result).rejects.toMatchObject({ code: 'LOCK_LOST' });
		expect([done, recorded]).toEqual([['kill blue/0'], []]);
	});

	it('tells the spare to take over, and the router to follow, where it does not by itself', async () => {
		const { result, done } = play({ paused: true });
		expect(await result).toMatchObject({ to: 'blue/1' });
		expect(done).toEqual(['resign blue/0', 'activate blue/1', 'route blue/1']);
	});

	it('warns where the killed one does not come up again, and where the active one came back instead of its spare', async () => {
		expect((await play({ silent: ['blue/0'], startsAgain: false }).result).warnings).toEqual(['blue/0 does not come up']);
		expect((await play({ taker: 'blue/0' }).result).warnings).toEqual([expect.stringContaining('blue/1 did not take over')]);
	});

	it.each<[string, Partial<World>, string, string]>([
		['nobody takes over', { taker: null }, 'FAILOVER_UNFINISHED', 'no spare has taken over'],
		['the silent one cannot be ended', { silent: ['blue/0'], dies: false }, 'FAILOVER_UNFINISHED', 'it renews its lease still'],
		[
			'what could not be killed renews its lease',
			{ silent: ['blue/0'], dies: false, killFails: new Error('node2 does not answer') },
			'FAILOVER_UNFINISHED',
			'it renews its lease still; node2 does not answer',
		],
		['the router does not follow', { follows: false }, 'TRAFFIC_ELSEWHERE', 'blue/1 runs the flows'],
	])('asks for an operator where %s', async (_, more, code, message) => {
		await expect(play(more).result).rejects.toMatchObject({ code, exitStatus: 5, message: expect.stringContaining(message) });
	});
});
