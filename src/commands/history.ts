import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { explainHistory } from '../lib/cutover/history.ts';
import type { RoleChange } from '../lib/failover/failover-store.ts';
import type { ExplainedPromotion } from '../lib/promotion/explain.ts';
import { renderHistory } from '../lib/ui/render-history.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** The contract of `history --json`. */
interface Result {
	environment: string;
	/** The newest first; none with `--only roles`. */
	promotions: ExplainedPromotion[];
	/** Which instance became active or stopped being it, when, and why; the newest first; none with `--only promotions`. */
	roles: RoleChange[];
}

export default class History extends EnvironmentCommand<typeof History> {
	static override summary = 'Show what promotions and failovers did';
	static override description =
		'From the journal, each promotion and rollback with its steps: when each began, how long it took, whether it was done, failed or interrupted, why, and by whom. Between them, each change of role: which instance became active or stopped being it, why (crashed, hung, stuck, silent, cut off, lease lost, asked), and for how long nobody was. Nothing is changed.';

	static override examples = [
		{ description: 'The last ten of each', command: '<%= config.bin %> history production' },
		{ description: 'The last promotion, for a program', command: '<%= config.bin %> history production --limit 1 --json' },
		{ description: 'Failovers, and who was active when', command: '<%= config.bin %> history production --only roles --limit 50' },
	];

	static override args = environmentArgs;
	static override flags = {
		limit: Flags.integer({ description: 'How many promotions, and how many changes of role, from the newest', default: 10, min: 1 }),
		only: Flags.option({ options: ['promotions', 'roles'] as const, description: 'Leave the others out' })(),
	};

	async run(): Promise<Result> {
		const { limit, only } = this.flags;
		return await this.withEnvironment(async ({ environment, target }) => {
			const promotions = only === 'roles' ? [] : await explainHistory(target.journal, limit);
			const roles = only === 'promotions' ? [] : await target.failover.changes(limit);
			this.log(renderHistory(environment.name, promotions, roles, createTheme(process.stdout)));
			return { environment: environment.name, promotions, roles };
		});
	}
}
