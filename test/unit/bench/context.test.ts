import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurePrices } from '../../../bench/context/measure.ts';
import { openStores } from '../../../bench/context/stores.ts';

describe('what context costs', () => {
	it('is measured of every store, with values that come back as they were', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'flowferry-bench-'));
		try {
			const stores = await openStores(folder);
			const prices = await measurePrices(stores, 1);
			expect(prices.map(({ store, value }) => `${value} in ${store}`)).toEqual(
				['a number', '1 KB'].flatMap((value) =>
					['memory', 'ours, process', 'ours, power', 'localfilesystem, uncached'].map((store) => `${value} in ${store}`),
				),
			);
			for (const { write, read } of prices) expect(Math.min(write.median, read.median)).toBeGreaterThan(0);
			for (const store of stores) expect(await store.get('key0')).toMatchObject({ readings: { length: 40 } });
			for (const store of stores) await store.close();
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
