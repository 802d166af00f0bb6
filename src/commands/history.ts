import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { explainHistory } from '../lib/cutover/history.ts';
import type { ExplainedPromotion } from '../lib/promotion/explain.ts';
import { renderHistory } from '../lib/ui/render-history.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** The contract of `history --json`. */
interface Result {
	environment: string;
	/** The newest first. */
	promotions: ExplainedPromotion[];
}

export default class History extends EnvironmentCommand<typeof History> {
	static override summary = 'Show what promotions did, from the journal';
	static override description =
		'Each promotion and rollback with its steps: when each began, how long it took, whether it was done, failed or interrupted, why, and by whom. Nothing is changed.';

	static override examples = [
		{ description: 'The last ten', command: '<%= config.bin %> history production' },
		{ description: 'The last one, for a program', command: '<%= config.bin %> history production --limit 1 --json' },
	];

	static override args = environmentArgs;
	static override flags = { limit: Flags.integer({ description: 'How many, from the newest', default: 10, min: 1 }) };

	async run(): Promise<Result> {
		return await this.withEnvironment(async ({ environment, target }) => {
			const promotions = await explainHistory(target.journal, this.flags.limit);
			this.log(renderHistory(environment.name, promotions, createTheme(process.stdout)));
			return { environment: environment.name, promotions };
		});
	}
}
