import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends a child that we started: SIGTERM, and SIGKILL where it has not gone in time (0: at once). Returns when it is gone. */
export async function endChild(child: ChildProcess, graceMs = 8000): Promise<void> {
	if (hasEnded(child) || child.pid === undefined) return;
	const ended = once(child, 'exit');
	if (graceMs > 0) {
		child.kill('SIGTERM');
		const patience = new AbortController();
		await Promise.race([ended, sleep(graceMs, undefined, { signal: patience.signal }).catch(() => {})]);
		patience.abort();
	}
	if (!hasEnded(child)) child.kill('SIGKILL');
	await ended;
}

export function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}
