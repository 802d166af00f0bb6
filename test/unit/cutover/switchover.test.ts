import { recover } from '../../../src/lib/cutover/promote.ts';
import { switchover } from '../../../src/lib/cutover/switchover.ts';
import { initialState, steps } from '../../../src/lib/promotion/machine.ts';
import type { KillAt } from './slot-world.ts';
import { SlotWorld } from './slot-world.ts';

const strategies = ['gated', 'exclusive'] as const;
const by = (strategy: (typeof strategies)[number]) => async () => ({ strategy, spare: 'warm' as const });

/** One instance runs the flows and has the traffic; none was discarded, and the slot serves on. */
async function expectOneActive(world: SlotWorld): Promise<void> {
	expect({ active: world.active, mostActive: world.mostActive, forbidden: world.forbidden }).toEqual({
		active: [expect.any(String)],
		mostActive: 1,
		forbidden: [],
	});
	expect(world.traffic).toEqual(world.active);
	expect(world.states.filter((state) => state === 'gated' || state === 'quiesced')).toEqual([]);
	expect(await world.journal.servingSlot()).toBe('blue');
	expect((await world.journal.slots()).blue?.number).toBe(1);
	expect(await world.journal.unfinished()).toBeNull();
}

describe.each(strategies)('a switchover by %s', (strategy) => {
	it('makes the spare active, and the old active one a spare: no new release, no bake time, nothing retired', async () => {
		const world = await SlotWorld.open(3);
		const result = await switchover(world.setting(), by(strategy));
		expect(result).toMatchObject({
			outcome: 'switched-over',
			strategy,
			from: { slot: 'blue', release: 1, instance: 'blue/0' },
			to: { slot: 'blue', release: 1, instance: 'blue/1' },
			baked: null,
			old: 'warm',
			context: { carried: 1 },
			warnings: [],
		});
		expect(world.states).toEqual(['standby', 'active', 'standby']);
		expect(world.context[1]).toBe('context of blue/0');
		await expectOneActive(world);
		expect(world.commands).toEqual([]); // no release was promoted, none rolled back
		const [last] = await world.journal.history(1);
		expect(last).toMatchObject({ kind: 'switchover', from: { instance: 'blue/0' }, to: { instance: 'blue/1' }, state: { kind: 'baking' } });
	});

	it('goes there and back, and to a spare that does not run', async () => {
		const world = await SlotWorld.open(3);
		await switchover(world.setting(), by(strategy));
		await switchover(world.setting(), by(strategy), 'blue/0');
		expect(world.states).toEqual(['active', 'standby', 'standby']);
		world.kill(2);
		await switchover(world.setting(), by(strategy), 'blue/2');
		expect(world.states).toEqual(['standby', 'standby', 'active']);
		await expectOneActive(world);
	});

	it.each(['validate', 'activate', 'import'])('that fails where the spare is to %s goes back', async (call) => {
		const world = await SlotWorld.open(2);
		world.failing.add(`${call} blue/1`);
		await expect(switchover(world.setting(), by(strategy))).rejects.toThrow(/blue\/1 did not take over in production.*broke/);
		expect(world.states).toEqual(['active', 'standby']);
		await expectOneActive(world);
	});

	it('that fails when the spare is active already goes back', async () => {
		const world = await SlotWorld.open(2);
		world.failing.add('check');
		const setting = world.setting({ checks: [{ command: 'check' }] });
		await expect(switchover(setting, by(strategy))).rejects.toMatchObject({ code: 'CUTOVER_ROLLED_BACK', exitStatus: 4 });
		expect(world.states).toEqual(['active', 'standby']);
		await expectOneActive(world);
	});

	const kills = steps.flatMap((step): KillAt[] => [
		{ step, moment: 'begun' },
		{ step, moment: 'acted' },
	]);
	it.each(kills)("whose command is killed at '$step', $moment, is ended by the next one with exactly one active", async (killAt) => {
		const world = await SlotWorld.open(3);
		world.killAt = killAt;
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'LOCK_LOST' });
		world.killAt = null;
		const ended = await recover(world.setting());
		expect(ended?.state.kind).toBe(killAt.step === 'release' ? 'baking' : 'rolled back');
		expect(world.active).toEqual([killAt.step === 'release' ? 'blue/1' : 'blue/0']);
		await expectOneActive(world);
	});

	it.each(kills)('whose command and old instance are killed at $step, $moment, leaves exactly one active', async (killAt) => {
		const world = await SlotWorld.open(3);
		world.killAt = killAt;
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'LOCK_LOST' });
		world.killAt = null;
		world.kill(0);
		world.broken.add(0); // and it does not come up again
		await recover(world.setting());
		// Before `connect` nothing was touched: the slot's spares see to it themselves, or `up` does.
		if (killAt.step === 'prepare' || killAt.step === 'validate') return expect(world.active).toEqual([]);
		await expectOneActive(world);
	});

	it('minds no third instance that does not come up, and tells of it', async () => {
		const world = await SlotWorld.open(3);
		world.kill(2);
		world.broken.add(2);
		const { warnings } = await switchover(world.setting(), by(strategy));
		expect(world.states).toEqual(['standby', 'active', 'dead']);
		expect(warnings).toEqual(['blue/2 does not come up; its log tells more']);
		await expectOneActive(world);
	});

	it('that goes back has the old instance go on before it waits for others to come up', async () => {
		const world = await SlotWorld.open(3);
		const calls: string[] = [];
		world.before = (call) => {
			calls.push(call);
			if (call === 'activate blue/1') world.kill(1);
		};
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'CUTOVER_ROLLED_BACK' });
		expect(calls.indexOf('activate blue/0')).toBeLessThan(calls.lastIndexOf('start'));
		expect(world.states).toEqual(['active', 'standby', 'standby']);
		await expectOneActive(world);
	});

	it('that goes back starts the old instances where none of them can go on', async () => {
		const world = await SlotWorld.open(2);
		world.before = (call) => {
			if (call === 'activate blue/1') world.kill(0);
			if (call === 'activate blue/1' || call === 'activate blue/0') world.kill(1);
		};
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'CUTOVER_ROLLED_BACK' });
		expect(world.states[0]).toBe('active');
		await expectOneActive(world);
	});

	it('that goes back while a third instance takes the seat by itself leaves that one active', async () => {
		const world = await SlotWorld.open(3);
		world.killAt = { step: 'connect', moment: 'acted' };
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'LOCK_LOST' });
		world.killAt = null;
		world.kill(0);
		world.before = (call) => {
			if (call !== 'activate blue/0') return;
			world.states[2] = 'active';
			world.lease = 2;
		};
		expect((await recover(world.setting()))?.state.kind).toBe('rolled back');
		expect(world.active).toEqual(['blue/2']);
		await expectOneActive(world);
	});

	it('into which a third instance has come before it had begun to connect leaves that one active', async () => {
		const world = await SlotWorld.open(3);
		world.before = (call) => {
			if (call !== 'validate blue/1') return;
			world.kill(0);
			world.states[2] = 'active';
			world.lease = 2;
		};
		await expect(switchover(world.setting(), by(strategy))).rejects.toMatchObject({ code: 'CUTOVER_ROLLED_BACK' });
		expect(world.active).toEqual(['blue/2']);
		await expectOneActive(world);
	});
});

describe('a switchover is refused', () => {
	it.each([
		['in load-balanced mode', { mode: 'load-balanced' }, 'LOAD_BALANCED'],
		['where there is no spare', {}, 'NO_SPARE'],
	])('%s', async (_, environment, code) => {
		const world = await SlotWorld.open(1);
		await expect(switchover(world.setting(environment), by('gated'))).rejects.toMatchObject({ code, exitStatus: 2 });
		expect(await world.journal.history(1)).toEqual([]);
	});

	it('before the first promotion', async () => {
		await expect(switchover(new SlotWorld(2).setting(), by('gated'))).rejects.toMatchObject({ code: 'NOTHING_SERVES' });
	});

	it('while a promotion is paused', async () => {
		const world = await SlotWorld.open(2);
		const release = await world.journal.createRelease('b'.repeat(64));
		const { id } = await world.journal.begin(
			{ kind: 'promote', strategy: 'gated', from: null, to: { slot: 'green', release } },
			'me',
			initialState,
		);
		await world.journal.record(id, { kind: 'paused' }, false);
		await expect(switchover(world.setting(), by('gated'))).rejects.toMatchObject({ code: 'PROMOTION_PAUSED', exitStatus: 6 });
		expect(world.states).toEqual(['active', 'standby']);
	});
});
