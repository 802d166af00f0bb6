import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { endChild, hasEnded } from './child.ts';
import type { Narrator } from './narrator.ts';

/** The command line tool, as a person runs it: one process for each command, in the project's folder. */
export interface Flowferry {
	/**
	 * Runs a command. Its output goes to the person; with `json` it is read instead.
	 * @returns the command's JSON; undefined where the person reads
	 * @throws where it ends with another status than 0
	 */
	run(args: string[]): Promise<unknown>;
	/** Runs a command with `--json` that is no part of what the person sees. */
	ask(args: string[]): Promise<unknown>;
}

export interface FlowferryOptions {
	folder: string;
	json: boolean;
	narrator: Narrator;
	/** Where it fires, a running command is asked to stop, and awaited. */
	signal: AbortSignal;
}

const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
/** A promotion that is interrupted goes back first. */
const INTERRUPTED_MS = 60_000;

export function createFlowferry({ folder, json, narrator, signal }: FlowferryOptions): Flowferry {
	return {
		run(args) {
			narrator.command(args);
			return runCommand(folder, args, json ? 'read' : 'show', signal);
		},
		ask: (args) => runCommand(folder, args, 'read', signal),
	};
}

/** @param output `read`: asks for JSON and parses it */
export async function runCommand(folder: string, args: string[], output: 'show' | 'read', signal?: AbortSignal): Promise<unknown> {
	signal?.throwIfAborted();
	// Detached: a Ctrl-C reaches us alone, and the command once, from us.
	const child = spawn(process.execPath, [program, ...args, ...(output === 'read' ? ['--json'] : [])], {
		cwd: folder,
		detached: true,
		stdio: ['ignore', output === 'read' ? 'pipe' : 'inherit', 'inherit'],
	});
	const stopped = () => {
		if (!hasEnded(child)) child.kill('SIGINT');
		setTimeout(() => endChild(child, 0), INTERRUPTED_MS).unref();
	};
	signal?.addEventListener('abort', stopped, { once: true });
	try {
		const [answer, [status, killedBy]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'close')]);
		signal?.throwIfAborted();
		if (status !== 0)
			throw new Error(`flowferry ${args.join(' ')} ended with ${killedBy ?? `status ${status}`}${answer && `:\n${answer}`}`);
		return output === 'read' ? JSON.parse(answer) : undefined;
	} finally {
		signal?.removeEventListener('abort', stopped);
	}
}
