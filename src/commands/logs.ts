import { Flags } from '@oclif/core';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { slotNames } from '../lib/promotion/journal.ts';
import type { LogLine } from '../lib/targets/logs.ts';
import { redactLogLine } from '../lib/targets/logs.ts';
import type { Target } from '../lib/targets/target.ts';
import { renderLogLine } from '../lib/ui/render-logs.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** The contract of `logs --json`; with `--follow` each line is a JSON document instead. */
interface Result {
	environment: string;
	/** By instance, the oldest first. */
	lines: LogLine[];
}

const NAME = /^(?:blue|green)\/\d+$/;

export default class Logs extends EnvironmentCommand<typeof Logs> {
	static override summary = 'Show what the instances have logged';
	static override description =
		"What each instance's runner and its Node-RED wrote, the flows' own lines among them. Secrets of the configuration are not shown. The log of a slot outlives what the slot held: it tells why something ended.";

	static override examples = [
		{ description: 'The last lines of every instance', command: '<%= config.bin %> logs production' },
		{ description: 'One instance, and what comes', command: '<%= config.bin %> logs production --instance blue/0 --follow' },
		{ description: 'For a program', command: '<%= config.bin %> logs production --tail 1000 --json' },
	];

	static override args = environmentArgs;
	static override flags = {
		instance: Flags.string({ char: 'i', multiple: true, description: 'blue/0: only this one; may be given several times' }),
		tail: Flags.integer({ char: 'n', description: 'How many lines of each, from the end', default: 100, min: 0 }),
		follow: Flags.boolean({ char: 'f', description: 'Go on with what they write, until Ctrl-C' }),
	};

	async run(): Promise<Result | undefined> {
		return await this.withEnvironment(async (session) => {
			const names = this.flags.instance ?? (await instancesOf(session.target));
			const wrong = names.find((name) => !NAME.test(name));
			if (wrong !== undefined) throw notAnInstance(wrong);
			return this.flags.follow ? await this.follow(session, names) : await this.show(session, names);
		});
	}

	private async show({ context, environment, target }: EnvironmentSession, names: string[]): Promise<Result> {
		const lines: LogLine[] = [];
		for (const name of names) {
			for await (const line of target.logs(name, { tail: this.flags.tail, follow: null })) lines.push(redactLogLine(line, context.redact));
		}
		const theme = createTheme(process.stdout);
		for (const line of lines) this.log(renderLogLine(line, theme));
		if (lines.length === 0) this.note(`${environment.name} has logged nothing yet`);
		return { environment: environment.name, lines };
	}

	private async follow({ context, target }: EnvironmentSession, names: string[]): Promise<undefined> {
		const signal = this.untilInterrupted();
		const theme = createTheme(process.stdout);
		const print = (line: LogLine) => process.stdout.write(`${this.jsonEnabled() ? JSON.stringify(line) : renderLogLine(line, theme)}\n`);
		await Promise.all(
			names.map(async (name) => {
				for await (const line of target.logs(name, { tail: this.flags.tail, follow: signal })) print(redactLogLine(line, context.redact));
			}),
		);
	}
}

async function instancesOf(target: Target): Promise<string[]> {
	const slots = await Promise.all(slotNames.map((slot) => target.instances(slot)));
	return slots.flat().map(({ name }) => name);
}

function notAnInstance(name: string): FlowferryError {
	return new FlowferryError({
		code: 'INSTANCE_NAME_INVALID',
		message: `${name} is no name of an instance`,
		hint: 'Name a slot and a number, such as blue/0; `flowferry status` shows them.',
	});
}
