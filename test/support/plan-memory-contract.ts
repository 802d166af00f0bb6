import type { PlanMemory } from '../../src/lib/promotion/plan-memory.ts';
import type { Opened } from './opened-store.ts';

/** What every memory of plans does, wherever it is kept. @param open another user of the same memory each time */
export function describePlanMemory(name: string, open: () => Promise<Opened<() => Promise<PlanMemory>>>): void {
	describe(name, () => {
		let opened: Opened<() => Promise<PlanMemory>>;
		beforeEach(async () => {
			opened = await open();
		});
		afterEach(() => opened.close());

		it('has one key, made once, for all who ask', async () => {
			const memories = await Promise.all(Array.from({ length: 4 }, opened.store));
			const keys = await Promise.all(memories.map(async (memory) => Buffer.from(await memory.key()).toString('hex')));
			expect(new Set(keys).size).toBe(1);
			expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
			expect(Buffer.from(await (await opened.store()).key()).toString('hex')).toBe(keys[0]);
		});

		it('recalls what a release was promoted with, as it was said last', async () => {
			const memory = await opened.store();
			expect(await memory.recall(1)).toBeNull();
			await memory.remember(1, { port: 'a', 'variables.X': 'b' });
			await memory.remember(2, { port: 'c' });
			await memory.remember(1, { port: 'd' });
			expect(await memory.recall(1)).toEqual({ port: 'd' });
			expect(await (await opened.store()).recall(2)).toEqual({ port: 'c' });
		});
	});
}
