import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { Injection } from './fault.ts';

/** A program that was begun where an instance runs. */
export interface ProgramInside {
	input: Writable;
	output: Readable;
}

export interface SignalInside {
	/** Shell: what is done, and what takes that back. */
	send: string;
	takeBack?: string;
	/** By which the moment is told. */
	clock: Pick<MonotonicClock, 'nowMs'>;
	/** Begins a program within the container. */
	begin(command: string[]): Promise<ProgramInside>;
	/** Has a program's last line come, and its end waited for; `ended` settles when its output has ended. */
	finish(program: ProgramInside, ended: Promise<unknown>): Promise<void>;
}

/**
 * Sends a signal from within an instance's container, where the process has the number that its runner tells. A shell readies itself
 * first, so that the moment is known; its input ends with this process, whatever ends it, and then it takes the signal back.
 */
export async function signalInside({ send, takeBack = ':', clock, begin, finish }: SignalInside): Promise<Injection> {
	const script = `echo ready; read -r _ || exit; ${send}; echo sent; read -r _; ${takeBack}`;
	const program = await begin(['sh', '-c', script]);
	const lines = createInterface({ input: program.output });
	const ended = once(lines, 'close');
	const said = async () => await Promise.race([once(lines, 'line'), ended]);
	await said();
	const atMs = clock.nowMs();
	program.input.write('\n');
	await said();
	return { atMs, undo: () => finish(program, ended) };
}
