import confirmPrompt from '@inquirer/confirm';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** Whether somebody can be asked: in a pipe, in CI and under cron nobody is there to answer. */
export function canPrompt(): boolean {
	return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks a question on stderr, so that stdout holds results alone. Ask `canPrompt` first.
 * @throws FlowferryError DECLINED (6) where the person breaks off instead of answering
 */
export async function confirm(question: string, preselected: boolean): Promise<boolean> {
	try {
		return await confirmPrompt({ message: question, default: preselected }, { output: process.stderr });
	} catch (error) {
		if ((error as Error).name !== 'ExitPromptError') throw error;
		throw new FlowferryError({
			code: 'DECLINED',
			message: 'Broken off at a question; nothing was changed',
			hint: 'Run the command again, or with --yes to have every question answered with its default.',
			exitStatus: ExitStatus.declined,
			cause: error,
		});
	}
}
