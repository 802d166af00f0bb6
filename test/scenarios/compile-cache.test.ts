import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (env: Record<string, string>) => runCli(['rules', 'long-delay'], { cwd: folder, env });

it("keeps compiled code in the user's own cache folder, unless it is told not to", async () => {
	const cache = join(folder, 'cache');
	expect((await run({ XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' })).status).toBe(0);
	expect(existsSync(cache)).toBe(false);
	expect((await run({ XDG_CACHE_HOME: cache })).status).toBe(0);
	expect(existsSync(join(cache, 'flowferry', 'compiled'))).toBe(true);
});

it('works without a cache where there can be none', async () => {
	for (const env of [{ XDG_CACHE_HOME: '/dev/null/cache' }, { HOME: join(folder, 'gone') }]) {
		const { stdout, stderr, status } = await run(env);
		expect([stderr, status]).toEqual(['', 0]);
		expect(stdout).toContain('long-delay');
	}
	expect(existsSync(join(folder, 'gone'))).toBe(false);
});
