import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Has processes stand still (SIGSTOP) until they are told to go on.
 *
 * A shell waits for the end of its standard input and then wakes them: that comes when they are to go on, and also where this process
 * is killed before. It is in a session of its own, so that a Ctrl-C does not end it.
 * @returns has them go on; idempotent
 */
export async function stopProcesses(pids: readonly number[]): Promise<() => Promise<void>> {
	const waker = spawn('/bin/sh', ['-c', 'read -r _; kill -s CONT "$@"', 'sh', ...pids.map(String)], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	await once(waker, 'spawn');
	const ended = once(waker, 'exit');
	const goOn = async () => {
		waker.stdin.end();
		await ended;
	};
	try {
		for (const pid of pids) process.kill(pid, 'SIGSTOP');
	} catch (error) {
		await goOn();
		throw error;
	}
	return goOn;
}
