import type { Interfaces } from '@oclif/core';
import { Command, Flags } from '@oclif/core';
import { ExitStatus } from './lib/errors/exit-status.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { printableLines } from './lib/ui/printable.ts';

export type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<(typeof BaseCommand)['baseFlags'] & T['flags']>;
export type ArgsOf<T extends typeof Command> = Interfaces.InferredArgs<T['args']>;

/** Global flags, and the way from errors to exit statuses: the same for people and for `--json`. */
export abstract class BaseCommand<T extends typeof Command> extends Command {
	static override enableJsonFlag = true;

	static override baseFlags = {
		config: Flags.string({
			char: 'c',
			description: 'The configuration file',
			default: 'flowferry.yaml',
			env: 'FLOWFERRY_CONFIG',
			helpGroup: 'GLOBAL',
		}),
	};

	protected flags!: FlagsOf<T>;
	protected args!: ArgsOf<T>;

	override async init(): Promise<void> {
		await super.init();
		const { args, flags } = await this.parse({
			flags: this.ctor.flags,
			baseFlags: (super.ctor as typeof BaseCommand).baseFlags,
			args: this.ctor.args,
			enableJsonFlag: this.ctor.enableJsonFlag,
			strict: this.ctor.strict,
		});
		this.flags = flags as FlagsOf<T>;
		this.args = args as ArgsOf<T>;
	}

	/** Ends with another status than 0 without an error, once the command has returned. */
	protected endWith(status: ExitStatus): void {
		process.exitCode = status;
	}

	/** Progress, for people only. */
	protected note(message: string): void {
		if (!this.jsonEnabled()) this.logToStderr(message);
	}

	/**
	 * From now on the first Ctrl-C or SIGTERM gives a reason to go back, and the second ends the process at once, with 130.
	 */
	protected watchInterrupts(): { reason(): string | null; means(text: string): void; stop(): void } {
		let interrupted: string | null = null;
		let meaning = 'interrupted: going back. Once more, and it stops at once; the next command then goes back.';
		const onSignal = (signal: NodeJS.Signals) => {
			if (interrupted) process.exit(130);
			interrupted = `interrupted by ${signal}`;
			this.note(meaning);
		};
		const signals = ['SIGINT', 'SIGTERM'] as const;
		for (const signal of signals) process.on(signal, onSignal);
		return {
			reason: () => interrupted,
			/** What the first one is answered with from now on. */
			means: (text) => {
				meaning = text;
			},
			stop: () => {
				for (const signal of signals) process.off(signal, onSignal);
			},
		};
	}

	/** Ends what goes on until somebody has seen enough: with Ctrl-C or SIGTERM, and when nobody reads the output any more. */
	protected untilInterrupted(): AbortSignal {
		const controller = new AbortController();
		const stop = () => controller.abort();
		// Once: the second one ends the process as it would without us.
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
		process.stdout.once('error', stop);
		return controller.signal;
	}

	protected override async catch(error: Error & { exitCode?: number; oclif?: { exit?: number } }): Promise<void> {
		const status = exitStatusOf(error);
		process.exitCode = status;
		if (this.jsonEnabled()) {
			this.logJson(this.toErrorJson(error));
			return;
		}
		this.logToStderr(`${this.config.bin}: ${printableLines(error.message)}`);
		if (error instanceof FlowferryError) {
			if (error.hint) this.logToStderr(`  → ${printableLines(error.hint)}`);
			if (error.docs) this.logToStderr(`  see ${error.docs}`);
		} else if (status === ExitStatus.internal) {
			this.logToStderr(error.stack ?? '');
			this.logToStderr('  → This is a defect of flowferry. Please report it with the lines above.');
		}
	}

	/** oclif's own would print `argv`, and with it a secret given as a flag. */
	protected override toErrorJson(error: unknown): unknown {
		if (error instanceof FlowferryError) return { error: error.toJSON() };
		const { message } = error as Error;
		return { error: { code: isUsageError(error) ? 'USAGE' : 'INTERNAL', message, exitStatus: exitStatusOf(error as Error) } };
	}
}

function exitStatusOf(error: Error): ExitStatus {
	if (error instanceof FlowferryError) return error.exitStatus;
	return isUsageError(error) ? ExitStatus.usage : ExitStatus.internal;
}

/** oclif's parse errors carry `oclif.exit` 2; a plain Error carries nothing and is a defect. */
function isUsageError(error: unknown): boolean {
	return (error as { oclif?: { exit?: number } }).oclif?.exit === 2;
}
