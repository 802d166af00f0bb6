import { SlotPods, type SlotPodsParts } from '../../../../src/lib/targets/kubernetes/slot-pods.ts';

interface World {
	/** What its instances say at first; null: no answer. */
	states: (string | null)[];
	/** Of its StatefulSet; null: there is none. */
	replicas: number | null;
	/** Ordinals that do not come up. */
	broken: number[];
	lostNode: string | null;
}

/** A slot, blue, of so many instances as have a state. */
function slot({ states, replicas = states.length, broken = [], lostNode = null }: Partial<World> & Pick<World, 'states'>) {
	const done: string[] = [];
	const parts = {
		contents: { makePods: async (_slot: string, _filled: object, size: number) => void done.push(`make ${size}`) },
		sets: {
			replicas: async () => replicas,
			untilObserved: async () => void done.push('its number is known'),
			untilStanding: async (name: string, index: number) => {
				// Those that come up are the slower ones.
				if (broken.includes(index)) throw new Error(`${name}/${index} does not come up`);
				await new Promise((resolve) => setTimeout(resolve, 20));
				done.push(`${name}/${index} stands`);
			},
			empty: async (_slot: string, how?: string) => void done.push(`empty ${how}`),
		},
		sizes: { toStart: async () => states.length },
		pods: {
			list: async () => states.map((_, index) => ({ instance: `blue/${index}`, lostNode: broken.includes(index) ? lostNode : null })),
		},
		instances: { statuses: async () => states.map((state) => state && { state }) },
		logs: { keep: async (instance: string) => void done.push(`keep the log of ${instance}`) },
		ensureLasting: async () => void done.push('ensure what lasts'),
	} as unknown as SlotPodsParts;
	const pods = new SlotPods(parts);
	const told: string[] = [];
	const filled = {} as Parameters<SlotPods['make']>[1];
	return {
		make: () => pods.make('blue', filled, (message) => told.push(message)),
		start: () => pods.start('blue', filled, (message) => told.push(message)),
		done,
		told,
	};
}

describe('making the pods of a slot', () => {
	it('applies nothing that whoever fills the slot has applied', async () => {
		const { make, done, told } = slot({ states: [null, null], replicas: null });
		await make();
		expect(done).toEqual(['make 2', 'blue/0 stands', 'blue/1 stands']);
		expect(told).toEqual(['2 pods of blue']);
	});

	it('leaves none where one does not come up, and keeps what they have logged', async () => {
		const { make, done } = slot({ states: [null, null], broken: [0] });
		await expect(make()).rejects.toThrow('blue/0 does not come up');
		expect(done).toEqual(['make 2', 'keep the log of blue/0', 'keep the log of blue/1', 'empty at once']);
	});
});

describe('starting a slot', () => {
	it('leaves alone what runs', async () => {
		const { start, done } = slot({ states: ['active', 'standby'] });
		await start();
		expect(done).toEqual([]);
	});

	it('waits for one that is being started already, and applies nothing', async () => {
		const { start, done } = slot({ states: ['active', 'starting'] });
		await start();
		expect(done).toEqual(['blue/1 stands']);
	});

	it('makes pods anew for a StatefulSet that is scaled down, once they have their rights', async () => {
		const { start, done } = slot({ states: ['active', null], replicas: 1 });
		await start();
		expect(done).toEqual(['ensure what lasts', 'make 2', 'its number is known', 'blue/1 stands']);
	});

	it.each([
		['a StatefulSet that is gone', null],
		['one that is scaled to none', 0],
	])('makes all pods of %s, also where those of before answer still', async (_, replicas) => {
		const { start, done } = slot({ states: ['active', 'standby'], replicas });
		await start();
		expect(done).toEqual(['ensure what lasts', 'make 2', 'its number is known', 'blue/0 stands', 'blue/1 stands']);
	});

	it('waits for pods that their StatefulSet makes by itself', async () => {
		const { start, done } = slot({ states: ['active', 'stopping'] });
		await start();
		expect(done).toEqual(['ensure what lasts', 'blue/1 stands']);
	});

	it('has the others come up where one does not, and says so only then', async () => {
		const { start, done } = slot({ states: [null, null, null], broken: [0] });
		await expect(start()).rejects.toThrow('blue/0 does not come up');
		expect(done).toEqual(['ensure what lasts', 'blue/1 stands', 'blue/2 stands']);
	});

	it.each([0, null])('has none go on trying where %s were wanted before, and none comes up', async (replicas) => {
		const { start, done } = slot({ states: [null, null], replicas, broken: [0, 1] });
		await expect(start()).rejects.toThrow('blue/0 does not come up');
		expect(done.at(-1)).toBe('empty at once');
	});

	it('takes no pods away that may run and are not heard', async () => {
		const { start, done } = slot({ states: [null, null], broken: [0, 1] });
		await expect(start()).rejects.toThrow('blue/0 does not come up');
		expect(done).toEqual(['ensure what lasts']);
	});

	it('takes no pods away that a lost node may bring back', async () => {
		const { start, done } = slot({ states: [null, null], replicas: 0, broken: [0, 1], lostNode: 'node2' });
		await expect(start()).rejects.toThrow('blue/0 does not come up');
		expect(done).toEqual(['ensure what lasts', 'make 2', 'its number is known']);
	});
});
