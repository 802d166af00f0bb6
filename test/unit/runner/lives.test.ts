import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lives } from '../../../src/runner/lives.ts';

const program = `
import { Lives } from ${JSON.stringify(new URL('../../../src/runner/lives.ts', import.meta.url).href)};
const end = await new Lives(process.argv[1]).begin('one');
console.log('lives');
process.stdin.resume().on('end', () => end().then(() => process.exit()));
`;

describe('the life of a runner', () => {
	let folder: string;
	let runner: ChildProcess;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-lives-'));
		runner = spawn(process.execPath, ['--input-type=module', '-e', program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
		await once(runner.stdout!, 'data');
	});
	afterEach(async () => {
		if (runner.exitCode === null && runner.signalCode === null && runner.kill('SIGKILL')) await once(runner, 'exit');
		await rm(folder, { recursive: true });
	});

	it('goes on while it stands still', async () => {
		runner.kill('SIGSTOP');
		expect(await new Lives(folder).hasEnded('one')).toBe(false);
		expect(await readdir(folder)).toContain('one.life');
	});

	it('has ended when it was killed, and is forgotten when somebody knows', async () => {
		runner.kill('SIGKILL');
		await once(runner, 'exit');
		expect(await new Lives(folder).hasEnded('one')).toBe(true);
		expect(await readdir(folder)).toEqual([]);
	});

	it('leaves nothing where it ends in good order; then nobody knows of it', async () => {
		runner.stdin!.end();
		await once(runner, 'exit');
		expect(await readdir(folder)).toEqual([]);
		expect(await new Lives(folder).hasEnded('one')).toBe(false);
	});
});
