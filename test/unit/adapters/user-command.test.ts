import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, isGoneWithin } from '../../../src/lib/adapters/process-identity.ts';
import type { UserCommand } from '../../../src/lib/adapters/user-command.ts';
import { userCommands } from '../../../src/lib/adapters/user-command.ts';

let folder: string;
beforeAll(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), 'flowferry-command-')));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (command: string, more: Partial<UserCommand> = {}) =>
	userCommands(folder, (line) => line.replaceAll('s3cret', '***'))({ command, variables: {}, timeoutMs: 20_000, ...more });

describe("a user's command", () => {
	it('runs by the shell, in its folder, with its variables and those of this program', async () => {
		const { passed, lastLines } = await run('pwd; echo "$FLOWFERRY_SLOT" | tr a-z A-Z; test -n "$PATH"', {
			variables: { FLOWFERRY_SLOT: 'green' },
		});
		expect({ passed, lastLines }).toEqual({ passed: true, lastLines: [folder, 'GREEN'] });
	});

	it('tells each line of both streams as it comes, without secrets', async () => {
		const lines: string[] = [];
		const result = await run('echo one; echo "password s3cret" >&2; sleep 0.2; printf last; exit 3', {
			onLine: (line) => lines.push(line),
		});
		expect(new Set(lines)).toEqual(new Set(['one', 'password ***', 'last']));
		expect(result).toEqual({ passed: false, how: 'exited with status 3', lastLines: lines });
	});

	it('keeps the end of a long output, and no line without end', async () => {
		const { lastLines } = await run('seq 1 1000; head -c 300000 /dev/zero | tr "\\0" x');
		expect(lastLines).toHaveLength(20);
		expect(lastLines[0]).toBe('982');
		expect(lastLines[19]).toMatch(/^x{500}…$/);
	});

	it('is ended when it hangs, with the processes that it started', async () => {
		const { passed, how, lastLines } = await run('trap "" TERM; sleep 600 & echo $!; sleep 600 & echo $!; wait', { timeoutMs: 2000 });
		expect({ passed, how }).toEqual({ passed: false, how: 'did not end within 2000 ms and was ended' });
		expect(lastLines).toHaveLength(2);
		for (const pid of lastLines) expect(await isGoneWithin(Number(pid), 5000)).toBe(true);
	});

	it.each(['sleep 600 & echo $!', 'sleep 600 >/dev/null 2>&1 & echo $!'])('leaves nothing running behind: %s', async (command) => {
		const { passed, lastLines } = await run(command);
		expect(passed).toBe(true);
		expect(await isGoneWithin(Number(lastLines[0]), 5000)).toBe(true);
	});

	it('that does not exist has not passed', async () => {
		const { passed, how, lastLines } = await run('no-such-program');
		expect({ passed, how }).toEqual({ passed: false, how: 'exited with status 127' });
		expect(lastLines.join()).toContain('not found');
	});

	it('in a folder that is gone has not passed', async () => {
		const result = await userCommands(join(folder, 'gone'), String)({ command: 'true', variables: {}, timeoutMs: 1000 });
		expect(result).toMatchObject({ passed: false, how: 'could not be started (ENOENT)' });
		expect(isAlive(process.pid)).toBe(true);
	});
});
