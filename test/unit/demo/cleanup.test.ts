import { Cleanup } from '../../../demo/cleanup.ts';

describe('Cleanup', () => {
	it('undoes the last thing first, one after the other, whatever fails on the way, and once', async () => {
		const log: string[] = [];
		const cleanup = new Cleanup();
		cleanup.later('remove the folder', async () => log.push('folder'));
		cleanup.later('stop the broker', async () => {
			throw new Error('it hangs');
		});
		cleanup.later('stop production', async () => {
			await new Promise((resolve) => setTimeout(resolve, 5));
			log.push('production');
		});
		expect(await cleanup.run()).toEqual(['could not stop the broker: it hangs']);
		expect(log).toEqual(['production', 'folder']);
		expect(await cleanup.run()).toEqual([]);
	});
});
