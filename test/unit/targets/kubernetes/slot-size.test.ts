import { boundsOf, sizeOf } from '../../../../src/lib/targets/kubernetes/slot-size.ts';
import { SlotSizes } from '../../../../src/lib/targets/kubernetes/slot-sizes.ts';
import { kubernetesEnvironment, slotRelease } from '../../../support/kubernetes-environment.ts';

describe('how many pods a slot may have', () => {
	it.each([
		['as many as it was filled for, without an autoscaler', null, 3, { least: 3, most: 3 }],
		['from what an autoscaler leaves at least', { from: 2, cpu: 70 }, 5, { least: 2, most: 5 }],
		['the same with an autoscaler of somebody else', { from: 1 }, 5, { least: 1, most: 5 }],
		['no more than it was filled for, though more are configured by now', { from: 4 }, 3, { least: 3, most: 3 }],
	])('%s', (_, autoscale, made, bounds) => {
		expect(boundsOf(autoscale, made)).toEqual(bounds);
	});

	it.each([
		['the least where there are none', [0], 2],
		['the least where there is no StatefulSet', [null], 2],
		['what an autoscaler has chosen', [4], 4],
		['at most what it was filled for', [9], 5],
		['never fewer than carry the load that it takes over', [2, 4], 4],
		['nor fewer than it has itself', [4, 2], 4],
		['nor more than it was filled for on account of these', [null, 7], 5],
	])('%s', (_, asked, size) => {
		expect(sizeOf({ least: 2, most: 5 }, ...asked)).toBe(size);
	});
});

describe('how many pods a slot is to have', () => {
	const { release } = slotRelease;
	const filled = { release, image: 'i', instances: 5, spare: 'warm', rev: 'r', flowChunks: 1 } as const;
	/** Blue serves. */
	const sizes = (keys: string, replicas: Record<string, number | null>, promotedTo: string | null = null) => {
		const asked: string[] = [];
		const of = new SlotSizes({
			environment: kubernetesEnvironment(`mode: load-balanced, instances: 5, ${keys}`),
			journal: {
				servingSlot: async () => 'blue',
				unfinished: async () => (promotedTo === null ? null : { to: { slot: promotedTo } }) as never,
			},
			sets: {
				replicas: async (slot) => {
					asked.push(slot);
					return replicas[slot] ?? null;
				},
			},
		});
		return { of, asked };
	};
	const scaled = 'kubernetes: { autoscale: { from: 2 } }';

	it('is as many as the slot that serves, where a promotion or a rollback takes its load over', async () => {
		expect(await sizes(scaled, { blue: 4 }, 'green').of.toStart('green', filled)).toBe(4);
		expect(await sizes(scaled, { blue: 4, green: 2 }, 'green').of.toStart('green', filled)).toBe(4);
		expect(await sizes(scaled, { blue: 3, green: 5 }, 'green').of.toStart('green', filled)).toBe(5);
		// A rollback that is about to begin asks for the passphrase of all that it will start.
		expect(await sizes(scaled, { blue: 4, green: 2 }).of.toTakeOver('green', filled)).toBe(4);
	});

	it('is what its autoscaler has chosen where it takes nothing over', async () => {
		expect(await sizes(scaled, { blue: 4, green: 2 }).of.toStart('green', filled)).toBe(2);
		expect(await sizes(scaled, { blue: 4, green: 0 }).of.toStart('green', filled)).toBe(2);
		expect(await sizes(scaled, { blue: 4 }).of.toStart('blue', filled)).toBe(4);
		expect(await sizes(scaled, { blue: 4, green: 2 }, 'green').of.toStart('blue', filled)).toBe(4);
		expect(await sizes(scaled, { blue: 0 }).of.now('blue', filled)).toBe(2);
	});

	it('is what it was filled for without one, whatever somebody has scaled it to, and nothing is asked for that', async () => {
		const { of, asked } = sizes('', { blue: 1, green: 1 }, 'green');
		expect([await of.now('blue', filled), await of.toStart('green', filled), await of.toTakeOver('green', filled)]).toEqual([5, 5, 5]);
		expect(asked).toEqual([]);
	});
});
