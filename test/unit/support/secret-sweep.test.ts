import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweep } from '../../support/secret-sweep.ts';

const SECRET = 'p&ss: wörd/1';

describe('the search for secrets', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-sweep-'));
	});
	afterEach(() => rm(folder, { recursive: true }));
	const found = async (outputs: string[] = []) => (await sweep(folder, { secrets: [SECRET], outputs })).leaks.length > 0;

	it.each([
		['as it is', SECRET],
		['in JSON', JSON.stringify({ a: SECRET })],
		['in an address', `mqtt://u:${encodeURIComponent(SECRET)}@h`],
		['in hex', Buffer.from(`xx${SECRET}yy`).toString('hex')],
		...[0, 1, 2, 3].map((lead): [string, string] => [
			`in base64 after ${lead} bytes`,
			Buffer.from(`${'x'.repeat(lead)}${SECRET}`).toString('base64'),
		]),
	])('finds one %s', async (_, text) => {
		await mkdir(join(folder, 'deep', 'deeper'), { recursive: true });
		expect(await found()).toBe(false);
		expect(await found([text])).toBe(true);
		await writeFile(join(folder, 'deep', 'deeper', 'file'), `before ${text} after`);
		expect(await found()).toBe(true);
	});

	it('finds one that only the history of a repository has', async () => {
		const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder });
		git('init', '--quiet');
		await writeFile(join(folder, 'file'), SECRET);
		git('add', 'file');
		git('commit', '--quiet', '--message', 'one');
		await writeFile(join(folder, 'file'), 'nothing');
		git('commit', '--quiet', '--all', '--message', 'two');
		expect((await sweep(folder, { secrets: [SECRET], outputs: [] })).leaks).toContain('.git (objects): secret 0 (as it is)');
	});
});
