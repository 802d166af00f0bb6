import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../../src/lib/config/load.ts';
import { openSupply } from '../../../src/lib/packages/supply.ts';
import { ProcessTarget } from '../../../src/lib/targets/process/process-target.ts';

describe('a target whose environment somebody else has taken over', () => {
	let directory: string;
	let target: ProcessTarget;
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'flowferry-guard-'));
		const config = { dev: { userDir: 'dev' }, environments: { production: { mode: 'hot-spare', directory } } };
		const environment = environmentOf(parseConfig(JSON.stringify(config), 'flowferry.yaml', {}));
		target = await ProcessTarget.open({
			environment,
			nearbyNodeReds: [],
			packages: openSupply(directory),
			inherited: {},
			folder: '/',
			secrets: () => [],
			vault: { open: async () => ({}) },
		});
		await target.journal.setSlot('blue', await target.journal.createRelease('a'.repeat(64)));
		target.guard(async () => {
			throw new Error('taken over');
		});
	});
	afterEach(async () => {
		target.close();
		await rm(directory, { recursive: true });
	});

	it.each<[string, () => Promise<unknown>]>([
		['start', () => target.start('blue', () => {})],
		['stop', () => target.stop('blue')],
		['kill', () => target.kill('blue/0')],
		['discard', () => target.discard('blue')],
		['startRouter', () => target.startRouter()],
		['stopRouter', () => target.stopRouter()],
		['inject', () => target.inject('blue/0', 'crash')],
		['hold', () => target.router.hold({ maxMs: 1, maxRequests: 1 })],
		['route', () => target.router.route([])],
	])('%s changes nothing', async (_, change) => {
		const before = await readdir(directory, { recursive: true });
		await expect(change()).rejects.toThrow('taken over');
		expect(await readdir(directory, { recursive: true })).toEqual(before);
		expect((await target.journal.slots()).blue?.number).toBe(1);
	});

	it('calls no instance, but asks for its status', async () => {
		const address = join(directory, 'slots', 'blue', '0');
		await mkdir(address, { recursive: true });
		await writeFile(join(address, 'address.json'), JSON.stringify({ pid: 1, controlUrl: 'http://127.0.0.1:1' }));
		await writeFile(join(directory, 'slots', 'blue', 'slot.json'), JSON.stringify({ instances: 1 }));
		const [instance] = await target.instances('blue');
		expect(await instance?.status()).toBeNull();
		for (const call of [
			instance?.activate(1),
			instance?.quiesce(1),
			instance?.drain(1),
			instance?.resign('asked', 1),
			instance?.demote({ handOverTo: null, timeoutMs: 1 }),
		])
			await expect(call).rejects.toThrow('taken over');
	});
});
