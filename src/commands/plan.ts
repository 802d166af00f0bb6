import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { blockedStatus } from '../lib/cutover/plan-promotion.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { renderPlan } from '../lib/ui/render-plan.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { failOnFlag, planSnapshot, snapshotFlag, strategyFlag } from '../snapshot-flag.ts';

export default class ShowPlan extends EnvironmentCommand<typeof ShowPlan> {
	static override summary = 'Show what a promotion would do';
	static override description =
		`What changes, which strategy and why, what is held, drained, reset, and what may be lost or doubled. Nothing is changed. Exit status 1: the lint gate stands in the way; 2: the environment lacks what the snapshot needs; 6: another promotion is paused.`;

	static override examples = [
		{ description: 'For what the dev Node-RED runs now', command: '<%= config.bin %> plan production' },
		{ description: 'For a stored snapshot', command: '<%= config.bin %> plan production --snapshot 3f9c2a71' },
	];

	static override args = environmentArgs;
	static override flags = { snapshot: snapshotFlag(), 'fail-on': failOnFlag(), strategy: strategyFlag() };

	async run(): Promise<Plan> {
		return await this.withEnvironment(async (session) => {
			const { plan } = await planSnapshot(session, this.flags);
			this.log(renderPlan(plan, createTheme(process.stdout)));
			const [blocker] = plan.blockers;
			if (blocker) this.endWith(blockedStatus[blocker.code]);
			return plan;
		});
	}
}
