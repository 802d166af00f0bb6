import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { leftEntries } from '../lib/audit/settle.ts';
import type { PromotionSetting } from '../lib/cutover/promote.ts';
import type { ResumeResult } from '../lib/cutover/resume.ts';
import { resume } from '../lib/cutover/resume.ts';
import { renderResume } from '../lib/ui/render-history.ts';
import { createTheme } from '../lib/ui/theme.ts';

export default class Resume extends EnvironmentCommand<typeof Resume> {
	static override summary = 'End a promotion that was interrupted';
	static override description =
		`Where the command that ran a promotion was killed, it is undone, or finished where only the traffic was left to move; what ended with it is started again. Says what the journal has of it. The next \`promote\`, \`rollback\` or \`up\` does the same on its way. Where no promotion was interrupted nothing is touched, and the exit status is 0.`;

	static override examples = [{ description: 'After a promotion was killed', command: '<%= config.bin %> resume production' }];

	static override args = environmentArgs;

	async run(): Promise<ResumeResult> {
		return await this.withEnvironment(async (session) => {
			const result = await this.locked(session, (setting) => this.resume(session, setting));
			this.log(renderResume(result, createTheme(process.stdout)));
			return result;
		});
	}

	/** That there was nothing to end is no news for the audit. */
	private async resume(session: EnvironmentSession, setting: PromotionSetting): Promise<ResumeResult> {
		const isLeft = leftEntries((await session.target.audit.read()).entries, this.onlooker(session)).length > 0;
		if (!isLeft && (await session.target.journal.unfinished()) === null) return await resume(setting);
		return await this.recorded(session, await this.actOf(session, 'resume'), async (settle) => {
			const result = await resume(setting);
			await settle();
			return result;
		});
	}
}
