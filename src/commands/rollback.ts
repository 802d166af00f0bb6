import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import type { PromotionResult } from '../lib/cutover/promote.ts';
import { rollback } from '../lib/cutover/promote.ts';
import { renderPromotion } from '../lib/ui/render-promotion.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { chooserFor } from '../planning.ts';
import { overrideFlag, strategyFlag } from '../promotion-flags.ts';

export default class Rollback extends EnvironmentCommand<typeof Rollback> {
	static override summary = 'Go back to an earlier release';
	static override description =
		`A flip where its instances are still warm in the other slot; else they are prepared anew from the stored snapshot. Only to a release that has served: one that was aborted or undone is promoted. It is a cutover like any other: requests are held, the running release is drained, and stays warm in its turn.`;

	static override examples = [
		{ description: 'To the release that is kept warm', command: '<%= config.bin %> rollback production' },
		{ description: 'To release 3, without a question', command: '<%= config.bin %> rollback production --to 3 --yes' },
	];

	static override args = environmentArgs;
	static override flags = {
		to: Flags.integer({
			description: "A release's number, of one that has served; default: the one kept warm, else the one that served before",
			min: 1,
		}),
		strategy: strategyFlag(),
		override: overrideFlag('As one of those who may override'),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<PromotionResult> {
		return await this.withEnvironment(async (session) => {
			const act = await this.permitted(session, await this.actOf(session, 'rollback', { release: this.flags.to ?? null }));
			await this.confirmed(`Roll back ${session.environment.name}?`);
			const result = await this.changing(session, act, (setting) =>
				this.showing(setting, (shown) => rollback(shown, chooserFor(session, this.flags.strategy), this.flags.to)),
			);
			this.log(renderPromotion(result, createTheme(process.stdout)));
			return result;
		});
	}
}
