import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { assertNonePaused } from '../lib/cutover/pause.ts';
import type { PromotionResult } from '../lib/cutover/promote.ts';
import { assertHotSpare, switchover } from '../lib/cutover/switchover.ts';
import { switchoverWording } from '../lib/ui/promotion-tasks.ts';
import { renderPromotion } from '../lib/ui/render-promotion.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { chooserFor } from '../planning.ts';
import { overrideFlag } from '../promotion-flags.ts';

export default class Switchover extends EnvironmentCommand<typeof Switchover> {
	static override summary = 'Make a spare the active instance';
	static override description =
		`For hot-spare mode: the flows go over from the active instance to a spare of the same release, by the strategy that they need. It is a cutover like any other: requests are held, the active instance is drained, and stands by as a spare in its turn. Whatever fails on the way is undone: exit status 4.`;

	static override examples = [
		{ description: 'To the first spare that stands by', command: '<%= config.bin %> switchover production' },
		{ description: 'To a certain one, without a question', command: '<%= config.bin %> switchover production --to blue/1 --yes' },
	];

	static override args = environmentArgs;
	static override flags = {
		to: Flags.string({
			description: 'The spare, as status shows it (blue/1); default: the first that stands by, or is about to',
			helpValue: 'INSTANCE',
		}),
		override: overrideFlag(),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<PromotionResult> {
		return await this.withEnvironment(async (session) => {
			const { environment, target } = session;
			assertHotSpare(environment);
			await assertNonePaused(environment.name, target.journal);
			const act = await this.permitted(session, await this.actOf(session, 'switchover'));
			await this.confirmed(`Switch ${environment.name} over to ${this.flags.to ?? 'a spare'}?`);
			const result = await this.changing(session, act, (setting) =>
				this.showing(setting, (shown) => switchover(shown, chooserFor(session, undefined), this.flags.to), switchoverWording),
			);
			this.log(renderPromotion(result, createTheme(process.stdout)));
			return result;
		});
	}
}
