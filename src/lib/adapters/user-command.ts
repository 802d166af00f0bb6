import { execa } from 'execa';

/** A shell command of the user's: a check, or a hook. */
export interface UserCommand {
	command: string;
	/** On top of the environment of this program. */
	variables: Record<string, string>;
	/** Then it is ended, and everything that it started in its process group. */
	timeoutMs: number;
	/** Ends it before. */
	signal?: AbortSignal;
	/** Told of each line that it prints, on either stream, as it comes. */
	onLine?: (line: string) => void;
}

export interface UserCommandResult {
	/** It exited with status 0, in time. */
	passed: boolean;
	/** `exited with status 3`, `did not end within 10000 ms and was ended`. */
	how: string;
	/** The last lines that it printed. */
	lastLines: string[];
}

/** Never throws: a command that cannot be started has not passed. */
export type RunUserCommand = (command: UserCommand) => Promise<UserCommandResult>;

const KEPT_LINES = 20;
const MAX_LINE = 500;
/** After SIGTERM, before SIGKILL. */
const GRACE_MS = 1000;
/** For what is still on its way out of the pipe when the shell has ended. */
const FLUSH_MS = 100;

/**
 * Runs commands by the shell in a folder. What a command leaves running in its process group is ended with it, so that a
 * check or hook leaves nothing behind.
 * @param clean takes from each line what must not be shown
 */
export function userCommands(folder: string, clean: (line: string) => string): RunUserCommand {
	return async ({ command, variables, timeoutMs, signal, onLine }) => {
		const lastLines: string[] = [];
		const take = (line: string) => {
			const shown = shorten(clean(line));
			lastLines.push(shown);
			if (lastLines.length > KEPT_LINES) lastLines.shift();
			onLine?.(shown);
		};
		const subprocess = execa(command, {
			shell: true,
			cwd: folder,
			env: variables,
			stdin: 'ignore',
			buffer: false,
			reject: false,
			timeout: timeoutMs,
			...(signal ? { cancelSignal: signal } : {}),
			killDescendants: true,
			forceKillAfterDelay: GRACE_MS,
		});
		// Each by itself: a line of one must not break a secret in the other.
		const lines = Promise.all([subprocess.stdout, subprocess.stderr].map((stream) => eachLine(stream, take)));
		// A process that the shell left behind would keep the pipe open for ever.
		let timer: NodeJS.Timeout | undefined;
		subprocess.nodeChildProcess.once('exit', () => {
			timer = setTimeout(() => subprocess.kill('SIGKILL'), FLUSH_MS);
		});
		const result = await subprocess;
		await lines;
		clearTimeout(timer);
		subprocess.kill('SIGKILL');
		return { passed: !result.failed, how: describe(result, timeoutMs), lastLines };
	};
}

interface Ended {
	timedOut: boolean;
	exitCode?: number | undefined;
	signal?: string | undefined;
	code?: string | undefined;
}

function describe({ timedOut, exitCode, signal, code }: Ended, timeoutMs: number): string {
	if (timedOut) return `did not end within ${timeoutMs} ms and was ended`;
	if (signal !== undefined) return `was ended by ${signal}`;
	return exitCode === undefined ? `could not be started (${code})` : `exited with status ${exitCode}`;
}

/** A line without end is cut, not kept: nothing that a command prints may fill the memory. */
async function eachLine(stream: AsyncIterable<string | Uint8Array>, take: (line: string) => void): Promise<void> {
	const decoder = new TextDecoder();
	let rest = '';
	try {
		for await (const chunk of stream) {
			const [...lines] = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) take(line);
			if (rest.length > MAX_KEPT) rest = rest.slice(0, MAX_KEPT);
		}
	} catch {
		// The pipe broke, as its writer was killed.
	}
	if (rest !== '') take(rest);
}

/** Longer than what is shown: a secret that stands across the cut is replaced as a whole before it is cut. */
const MAX_KEPT = 64 * 1024;

function shorten(line: string): string {
	return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
