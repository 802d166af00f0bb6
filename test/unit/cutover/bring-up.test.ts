import { bringUp, takeDown } from '../../../src/lib/cutover/bring-up.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { SlotName } from '../../../src/lib/promotion/journal.ts';
import type { InstanceState } from '../../../src/lib/targets/instance.ts';

type Setting = Parameters<typeof bringUp>[0];

const notStanding = (name: string) => new FlowferryError({ code: 'INSTANCE_NOT_STANDING', message: `${name} does not come up` });

interface World {
	mode: 'hot-spare' | 'load-balanced';
	/** Of blue, which serves, once it was started; null: it does not answer. */
	states: (InstanceState | null)[];
	/** What starting a slot fails with. */
	fails: Partial<Record<SlotName, Error>>;
}

function play({ mode = 'hot-spare', states, fails = {} }: Partial<World> & Pick<World, 'states'>) {
	const done: string[] = [];
	const now = [...states];
	const instances = states.map((_, index) => {
		const name = `blue/${index}`;
		return {
			name,
			status: async () => {
				const state = now[index];
				return state
					? { instance: name, state, url: `http://${name}`, lease: state === 'active' || state === 'quiesced' ? { token: 1 } : null }
					: null;
			},
			activate: async () => {
				done.push(`activate ${name}`);
				if (!now[index]) throw new Error(`${name} has no runner that answers`);
				if (now[index] === 'quiesced') throw new Error(`${name} is quiesced, not standby`);
				now[index] = 'active';
			},
			demote: async () => {
				done.push(`demote ${name}`);
				now[index] = 'standby';
			},
		};
	});
	const release = { number: 1, snapshot: 'a'.repeat(64), created: '' };
	const target = {
		journal: { servingSlot: async () => 'blue', slots: async () => ({ blue: release, green: release }) },
		unlock: async () => {},
		failover: { intent: async () => ({ paused: null }) },
		instances: async (slot: string) => (slot === 'blue' ? instances : []),
		start: async (slot: SlotName) => {
			done.push(`start ${slot}`);
			if (fails[slot]) throw fails[slot];
		},
		startRouter: async () => void done.push('start the router'),
		router: { route: async (to: { instance: string }[]) => void done.push(`route ${to.map(({ instance }) => instance).join(' ')}`) },
	};
	const environment = { name: 'production', mode, timeouts: { activateMs: 100 } };
	const setting = { environment, target, progress: () => {}, by: 'ann@host' } as unknown as Setting;
	return { result: bringUp(setting), done };
}

it('starts what serves, has it serve, and starts what is kept warm after that', async () => {
	const { result, done } = play({ states: ['standby', 'standby'] });
	expect(await result).toEqual([]);
	expect(done).toEqual(['start blue', 'start the router', 'activate blue/0', 'route blue/0', 'start green']);
});

it('has the spare serve where the other one does not come up, and tells of it', async () => {
	const fault = notStanding('blue/0');
	const { result, done } = play({ states: [null, 'active'], fails: { blue: fault } });
	expect(await result).toEqual([fault]);
	expect(done).toEqual(['start blue', 'start the router', 'activate blue/1', 'route blue/1', 'start green']);
});

it('has those serve that come up, where the load is shared', async () => {
	const fault = notStanding('blue/1');
	const { result, done } = play({ mode: 'load-balanced', states: ['standby', null, 'standby'], fails: { blue: fault } });
	expect(await result).toEqual([fault]);
	expect(done.filter((each) => /^(activate|route) /.test(each))).toEqual(['activate blue/0', 'activate blue/2', 'route blue/0 blue/2']);
});

it.each(['hot-spare', 'load-balanced'] as const)('opens again what a down that did not end has closed, in mode %s', async (mode) => {
	const { result, done } = play({ mode, states: ['quiesced'] });
	expect(await result).toEqual([]);
	expect(done.slice(2, 5)).toEqual(['demote blue/0', 'activate blue/0', 'route blue/0']);
});

it('does not count one that is still starting as one that serves', async () => {
	const { result } = play({ states: [null, 'starting'], fails: { blue: notStanding('blue/0') } });
	await expect(result).rejects.toMatchObject({ code: 'INSTANCE_NOT_STANDING' });
});

it('leaves alone what ends again and again, where the load is shared', async () => {
	const { result, done } = play({ mode: 'load-balanced', states: ['standby', 'failed', 'starting'] });
	expect(await result).toEqual([]);
	expect(done.filter((each) => each.startsWith('activate '))).toEqual(['activate blue/0', 'activate blue/2']);
});

it('fails where none of what serves comes up', async () => {
	const { result, done } = play({ states: [null, null], fails: { blue: notStanding('blue/0') } });
	await expect(result).rejects.toMatchObject({ code: 'INSTANCE_NOT_STANDING', message: 'blue/0 does not come up' });
	expect(done).toEqual(['start blue']);
});

it('tells of both slots where an instance of each is lost', async () => {
	const fails = { blue: notStanding('blue/0'), green: notStanding('green/1') };
	expect(await play({ states: [null, 'active'], fails }).result).toEqual([fails.blue, fails.green]);
});

it.each<SlotName>(['blue', 'green'])('passes over no other fault of %s', async (slot) => {
	const fails = { [slot]: new FlowferryError({ code: 'LOCK_LOST', message: 'somebody else has it' }) };
	await expect(play({ states: [null, 'active'], fails }).result).rejects.toMatchObject({ code: 'LOCK_LOST' });
});

it('takes down all that can be taken down, and then tells what does not end', async () => {
	const stopped: string[] = [];
	const fault = new FlowferryError({ code: 'POD_NOT_ENDED', message: 'blue-0 does not end' });
	const target = {
		failover: { intent: async () => ({ paused: { reason: 'asked' } }) },
		router: { status: async () => null },
		instances: async () => [],
		stopRouter: async (): Promise<void> => {
			throw new Error('the router does not end');
		},
		stop: async (slot: SlotName) => {
			if (slot === 'blue') throw fault;
			stopped.push(slot);
		},
	};
	const setting = { environment: { timeouts: {} }, target, progress: () => {}, by: 'ann@host' } as unknown as Setting;
	await expect(takeDown(setting)).rejects.toThrow('the router does not end');
	expect(stopped).toEqual(['green']);
	target.stopRouter = async () => {};
	await expect(takeDown(setting)).rejects.toBe(fault);
});
