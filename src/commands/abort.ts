import { Flags } from '@oclif/core';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import type { Act } from '../lib/audit/record.ts';
import type { AbortResult } from '../lib/cutover/abort.ts';
import { abortPending, finishAbort } from '../lib/cutover/abort.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import type { PromotionRecord } from '../lib/promotion/journal.ts';
import { servingRelease } from '../lib/promotion/serving.ts';
import { overrideFlag } from '../promotion-flags.ts';

export default class Abort extends EnvironmentCommand<typeof Abort> {
	static override summary = 'Give a promotion up: the old release serves on';
	static override description =
		`A promotion that is paused goes back from here; one that runs in another process is asked to, does so before its next step, and is waited for (timeouts.abortMs). One that has switched already cannot be aborted: \`rollback\` goes back then.`;

	static override examples = [
		{ description: 'The promotion that is paused, or runs elsewhere', command: '<%= config.bin %> abort production' },
	];

	static override args = environmentArgs;
	static override flags = {
		override: overrideFlag('As one of those who may override'),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<AbortResult> {
		return await this.withEnvironment(async (session) => {
			const { environment, target } = session;
			const promotion = await target.journal.unfinished();
			if (!promotion) {
				this.log(`nothing to abort in ${environment.name}: no promotion is under way`);
				const release = (await servingRelease(target))?.release.number ?? null;
				return { outcome: 'nothing-to-do', environment: environment.name, release, promotion: null };
			}
			const { instance, release } = promotion.to;
			const act = await this.permitted(session, await this.actOf(session, 'abort', { release: release.number }));
			await this.confirmed(
				`Give up the ${instance ? `switchover to ${instance} in` : `promotion of release ${release.number} to`} ${environment.name}?`,
			);
			const result = await this.abort(session, act, promotion);
			this.log(`promotion ${promotion.id} by ${promotion.by} has gone back: ${stands(result)}`);
			return result;
		});
	}

	private async abort(session: EnvironmentSession, act: Act, { id }: PromotionRecord): Promise<AbortResult> {
		const { environment, target, context } = session;
		const { abortMs } = environment.timeouts;
		return await this.recorded(session, act, async (settle) => {
			await target.journal.askToAbort(id, context.operator());
			try {
				return await this.locked(
					session,
					async (setting) => {
						const result = await finishAbort(setting, id);
						await settle();
						return result;
					},
					abortMs,
				);
			} catch (error) {
				if (!(error instanceof FlowferryError) || error.code !== 'LOCKED') throw error;
				throw abortPending(environment.name, (await target.journal.promotion(id)) as PromotionRecord, abortMs);
			}
		});
	}
}

function stands({ release }: AbortResult): string {
	return release === null ? 'nothing served before, and nothing does now' : `release ${release} serves, as before`;
}
