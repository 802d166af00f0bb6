import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { PipedCommandError } from '../../adapters/piped-command.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { codeOf } from './engine-fault.ts';

const GONE = /^(?:ECONNREFUSED|ECONNRESET|EPIPE)\b|socket hang up/;
const GONE_BEHIND_SSH =
	/Cannot connect to the Docker daemon|Connection (?:refused|reset|closed)|Broken pipe|connect: (?:connection refused|no such file)/;

/**
 * The Engine went away, or is not back yet: it is being restarted. Of a call that failed so nobody knows whether it was done.
 * @param error as it came, or explained
 */
export function isEngineGone(error: unknown): boolean {
	if (error instanceof FlowferryError) return isEngineGone(error.cause);
	if (error instanceof PipedCommandError) return GONE_BEHIND_SSH.test(error.said);
	// Only the connection's own faults: a daemon's answer may quote such words.
	if (!types.isNativeError(error) || 'statusCode' in error) return false;
	// A socket that is missing, not any file.
	if (codeOf(error) === 'ENOENT') return (error as NodeJS.ErrnoException).syscall === 'connect';
	return GONE.test(`${codeOf(error)} ${error.message}`);
}

export interface RetryLimits {
	/** From the first time that the Engine was gone. */
	forMs: number;
	/** Told once, when it is gone: `waits for the Docker Engine`. */
	onWait?: (word: string) => void;
	everyMs?: number;
	signal?: AbortSignal;
}

/**
 * Repeats an idempotent call while the Engine is gone, for a restart of Docker in the middle of the work.
 * @throws what the call fails with: at once where the Engine is there, else when the time is over
 */
export async function retryWhileGone<T>(work: () => Promise<T>, { forMs, onWait, everyMs = 250, signal }: RetryLimits): Promise<T> {
	let end: number | undefined;
	while (true) {
		try {
			return await work();
		} catch (error) {
			if (!isEngineGone(error)) throw error;
			if (end === undefined) {
				end = performance.now() + forMs;
				onWait?.('waits for the Docker Engine');
			}
			if (performance.now() + everyMs > end) throw error;
			await sleep(everyMs, undefined, signal ? { signal } : {});
		}
	}
}
