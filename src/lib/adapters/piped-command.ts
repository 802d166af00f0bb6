import { Duplex } from 'node:stream';
import { execa } from 'execa';

/** A command ended badly, or could not be started. */
export class PipedCommandError extends Error {
	readonly command: string;
	/** Undefined: it could not be started, or a signal ended it. */
	readonly exitStatus: number | undefined;
	/** What it printed on standard error, its end. */
	readonly said: string;

	constructor(command: string, exitStatus: number | undefined, said: string) {
		super(`${command} ${exitStatus === undefined ? 'could not be run' : `ended with status ${exitStatus}`}: ${said}`);
		this.command = command;
		this.exitStatus = exitStatus;
		this.said = said;
	}
}

const KEPT = 2000;

/**
 * A command's standard input and output as one stream, as a socket would be: Node's HTTP client can keep it for a later call,
 * and does not hold this program open by it meanwhile. The command is ended with the stream, and with this program.
 * The stream fails with a `PipedCommandError` where the command does.
 * @param env the command's whole environment
 */
export function openPipe(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Duplex {
	const subprocess = execa(command, args, { env: { ...env }, extendEnv: false, buffer: false, reject: false });
	const { stdin, stdout, stderr, nodeChildProcess: child } = subprocess;
	let said = '';
	stderr.setEncoding('utf8').on('data', (text: string) => {
		said = (said + text).slice(-KEPT);
	});
	const stream = new Duplex({
		read: () => stdout.resume(),
		// A pipe breaks because the command ended: its end says why.
		write: (chunk, encoding, done) => stdin.write(chunk, encoding, () => done()),
		final: (done) => stdin.end(() => done()),
		destroy: (error, done) => {
			child.kill();
			done(error);
		},
	});
	stdin.on('error', () => undefined);
	stdout.on('data', (chunk: Buffer) => {
		if (!stream.push(chunk)) stdout.pause();
	});
	// Not the end of standard error: what ssh leaves in the background for later connections keeps that open.
	const fail = (status?: number, why?: string) =>
		stream.destroy(new PipedCommandError(command, status, said.trim() || why || 'it said nothing'));
	child.once('error', (error: NodeJS.ErrnoException) => fail(undefined, error.code));
	child.once('exit', (status, signal) => {
		if (status !== 0) setTimeout(() => fail(status ?? undefined, signal ?? undefined), FLUSH_MS);
		else if (stdout.readableEnded) stream.push(null);
		else stdout.once('end', () => stream.push(null));
	});
	const parts = [child, stdin, stdout, stderr] as { ref?(): void; unref?(): void }[];
	const all = (what: 'ref' | 'unref') => {
		for (const part of parts) part[what]?.();
		return stream;
	};
	return Object.assign(stream, {
		setKeepAlive: () => stream,
		setNoDelay: () => stream,
		setTimeout: () => stream,
		ref: () => all('ref'),
		unref: () => all('unref'),
	});
}

/** For what a command said last, and is still on its way. */
const FLUSH_MS = 50;
