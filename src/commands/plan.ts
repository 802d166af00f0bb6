import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { workingFolder } from '../context.ts';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { blockedStatus } from '../lib/cutover/plan-gate.ts';
import { inspectProtection, type ProtectionState } from '../lib/cutover/protection.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { writeOutput } from '../lib/gate/files.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { renderSavedPlan, type SavedPlan } from '../lib/plan/saved-plan.ts';
import { renderPlan, renderProtection } from '../lib/ui/render-plan.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { type Planned, planSnapshot, planToSave } from '../planning.ts';
import { exitCodeFlag, failOnFlag, fromFlag, imageFlag, snapshotFlag, strategyFlag } from '../promotion-flags.ts';

/** The contract of `plan --json`. */
type Result = Plan & {
	/** Null where the environment is not protected. */
	protection: ProtectionState | null;
	/** The file that was written, and what names its plan; null without --out, and where something blocks the plan. */
	saved: { file: string; checksum: string } | null;
};

export default class ShowPlan extends EnvironmentCommand<typeof ShowPlan> {
	static override summary = 'Show what a promotion would do';
	static override description =
		`What changes, which strategy and why, what is held, drained, reset, and what may be lost or doubled. Nothing is changed. With --out the plan is saved, to be applied exactly by \`promote --plan\`; one that something blocks is not saved. Exit status 1: the lint gate stands in the way; 2: the environment lacks what the snapshot needs; 6: another promotion is paused, or the stage before was skipped; 7, with --exit-code alone: there is nothing to do. Closed windows and missing approvals are shown, and leave the exit status as it is: they may be otherwise at the promotion.`;

	static override examples = [
		{ description: 'For what the dev Node-RED runs now', command: '<%= config.bin %> plan production' },
		{ description: 'For a stored snapshot', command: '<%= config.bin %> plan production --snapshot 3f9c2a71' },
		{
			description: 'For what staging runs, to be approved and promoted later',
			command: '<%= config.bin %> plan production --from staging --out plan.json',
		},
	];

	static override args = environmentArgs;
	static override flags = {
		snapshot: snapshotFlag(),
		from: fromFlag(),
		image: imageFlag(),
		'fail-on': failOnFlag(),
		strategy: strategyFlag(),
		out: Flags.string({ description: 'Save the plan, for promote --plan; it holds no secrets', helpValue: 'FILE' }),
		'exit-code': exitCodeFlag(),
	};

	async run(): Promise<Result> {
		return await this.withEnvironment(
			async (session) => {
				const planned = await planSnapshot(session, this.flags);
				const { plan } = planned;
				const [blocker] = plan.blockers;
				const saved = this.flags.out !== undefined && !blocker ? await this.save(session, planned, this.flags.out) : null;
				const protection = await this.protectionOf(session, plan.snapshot, saved);
				const theme = createTheme(process.stdout);
				this.log([renderPlan(plan, theme), ...renderProtection(protection, theme)].join('\n'));
				if (saved) this.log(`\nsaved: flowferry promote --plan ${this.flags.out}`);
				else if (this.flags.out !== undefined) this.note('\nnot saved: a plan that something blocks cannot be applied');
				if (plan.nothingToDo && this.flags['exit-code']) this.endWith(ExitStatus.nothingToDo);
				else if (blocker) this.endWith(blockedStatus[blocker.code]);
				return { ...plan, protection, saved: saved && { file: this.flags.out as string, checksum: saved.checksum } };
			},
			{ image: this.flags.image },
		);
	}

	private async save(session: EnvironmentSession, planned: Planned, file: string): Promise<SavedPlan> {
		const saved = await planToSave(session, planned, this.flags, this.config.version);
		await writeOutput(resolve(workingFolder(), file), renderSavedPlan(saved));
		return saved;
	}

	private async protectionOf(session: EnvironmentSession, snapshot: string, saved: SavedPlan | null): Promise<ProtectionState | null> {
		const { context, environment, target } = session;
		const { who: actor } = await this.actOf(session, 'promote');
		const promotes = { snapshot, plan: saved?.checksum ?? null };
		return await inspectProtection(environment, target, { action: 'promote', actor, now: context.now(), override: null, promotes });
	}
}
