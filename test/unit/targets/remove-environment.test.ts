import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironmentState } from '../../../src/lib/targets/environment-state.ts';
import { layoutOf } from '../../../src/lib/targets/layout.ts';
import { removeEnvironment } from '../../../src/lib/targets/process/remove-environment.ts';

describe('an environment that is removed', () => {
	let directory: string;
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'flowferry-removed-'));
		const { stateFile, slots, tokenFile, logs } = layoutOf(directory);
		for (const folder of [join(slots, 'blue', '0'), logs]) await mkdir(folder, { recursive: true });
		for (const file of [tokenFile, join(directory, 'haproxy.sock'), join(directory, 'gateway.log')]) await writeFile(file, '');
		openEnvironmentState(stateFile).close();
	});
	afterEach(() => rm(directory, { recursive: true, force: true }));

	it('leaves no directory, and lets whoever has the state open end its work', async () => {
		const state = openEnvironmentState(layoutOf(directory).stateFile);
		await state.journal.createRelease('a'.repeat(64));
		await state.leases.acquire('promotion', 'me', 60_000);
		expect(await removeEnvironment(directory)).toEqual([]);
		expect(existsSync(directory)).toBe(false);
		await state.journal.createRelease('b'.repeat(64));
		expect(await state.leases.list()).toHaveLength(1);
		state.close();
		expect(existsSync(directory)).toBe(false);
	});

	it("leaves what is somebody else's, and says so", async () => {
		await mkdir(join(directory, 'photos'));
		expect(await removeEnvironment(directory)).toEqual([join(directory, 'photos')]);
		expect(await readdir(directory)).toEqual(['photos']);
	});
});
