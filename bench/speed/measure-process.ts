import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ProcessCost {
	/** From the start of the process to its end. */
	ms: number;
	/** The most memory that it held, as the kernel counts it. */
	peakMB: number;
}

const peakMemory = fileURLToPath(new URL('peak-memory.mjs', import.meta.url));

/**
 * Runs a Node program to its end, its output into a file as in a pipeline.
 * @returns null where it had to be killed after `timeoutMs`.
 * @throws where it ends with another status than 0 (nothing found) or 1 (something found).
 */
export async function measureProcess(args: readonly string[], folder: string, timeoutMs: number): Promise<ProcessCost | null> {
	const peakFile = join(folder, 'peak-memory.txt');
	const output = openSync(join(folder, 'output.txt'), 'w');
	const started = performance.now();
	const child = spawn(process.execPath, ['--import', peakMemory, ...args], {
		cwd: folder,
		env: { ...process.env, FLOWFERRY_BENCH_PEAK: peakFile },
		stdio: ['ignore', output, 'inherit'],
	});
	const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
	const [status, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (...end) => resolve(end));
	});
	const ms = performance.now() - started;
	clearTimeout(timer);
	closeSync(output);
	if (signal === 'SIGKILL') return null;
	if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status ?? signal}`);
	return { ms, peakMB: Number(readFileSync(peakFile, 'utf8')) / 1024 };
}
