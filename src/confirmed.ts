import { ExitStatus } from './lib/errors/exit-status.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { canPrompt, confirm } from './lib/ui/prompts.ts';

/**
 * Asks whether to go on.
 * @param unattended what is said where nobody can be asked
 * @throws FlowferryError DECLINED (exit 6), or CONFIRMATION_NEEDED (exit 2)
 */
export async function confirmed(question: string, json: boolean, unattended: { message: string; hint: string }): Promise<void> {
	if (!canPrompt() || json) throw new FlowferryError({ code: 'CONFIRMATION_NEEDED', ...unattended });
	if (await confirm(question, false)) return;
	throw new FlowferryError({ code: 'DECLINED', message: 'declined; nothing was changed', exitStatus: ExitStatus.declined });
}
