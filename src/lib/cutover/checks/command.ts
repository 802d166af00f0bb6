import type { RunUserCommand, UserCommandResult } from '../../adapters/user-command.ts';
import type { CommandCheck } from '../../config/safeguards.ts';
import type { CheckTime } from './check-time.ts';
import { remainingMs } from './check-time.ts';

/** Runs it once: whoever wants it tried again says so in the command. @throws Error with the end of what it printed */
export async function checkCommand(
	{ command }: CommandCheck,
	variables: Record<string, string>,
	run: RunUserCommand,
	time: CheckTime,
): Promise<void> {
	const result = await run({ command, variables, timeoutMs: remainingMs(time), signal: time.signal });
	if (!result.passed) throw new Error(`the check '${command}' failed: ${withOutput(result)}`);
}

/** How a command ended, and below it, indented, what it printed last. */
export function withOutput({ how, lastLines }: UserCommandResult): string {
	return [how, ...lastLines.map((line) => `  ${line}`)].join('\n');
}
