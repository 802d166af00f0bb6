import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf, isAlive } from '../../../src/lib/adapters/process-identity.ts';

describe('a process', () => {
	it('is alive until it has ended, and known by its command line', async () => {
		const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'recognisable'], { stdio: 'ignore' });
		const ended = once(child, 'exit');
		expect(isAlive(child.pid!)).toBe(true);
		expect(await commandLineOf(child.pid!)).toContain('recognisable');
		child.kill('SIGKILL');
		await ended;
		expect(isAlive(child.pid!)).toBe(false);
		expect(await commandLineOf(child.pid!)).toBeNull();
	});

	const onLinux = process.platform === 'linux' ? it : it.skip;
	onLinux('that has ended is not alive, be its parent one that never asks', async () => {
		// The shell becomes a program that knows nothing of the child that the shell started.
		const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
		try {
			const [line] = await once(parent.stdout, 'data');
			const pid = Number(line);
			for (let count = 0; count < 100 && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); count++) await sleep(20);
			expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z/);
			expect(isAlive(pid)).toBe(false);
		} finally {
			parent.kill('SIGKILL');
		}
	});
});
