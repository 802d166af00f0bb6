import { Flags } from '@oclif/core';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { refusalsRecorded } from '../lib/audit/record.ts';
import { assertMayApprove, assertStillProposed, proposalOf } from '../lib/cutover/protection.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { renderPlan } from '../lib/ui/render-plan.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { readPlanFile } from '../plan-files.ts';
import { type Planned, planAgain, planSnapshot } from '../planning.ts';
import { fromFlag, planFlag, snapshotFlag } from '../promotion-flags.ts';

/** The contract of `approve --json`. */
interface Result {
	outcome: 'approved';
	environment: string;
	snapshot: string;
	/** The checksum of the saved plan that was approved; null where it was the snapshot, however it is promoted. */
	plan: string | null;
	/** Who approved. */
	by: string;
	/** The release that serves; the approval ends when another one does. Null where none does. */
	serving: number | null;
}

export default class Approve extends EnvironmentCommand<typeof Approve> {
	static override summary = 'Approve a snapshot, or a saved plan, for an environment';
	static override description =
		`Where an environment asks for approvals (protected.approvals), a promotion is refused until others than who promotes have given them. An approval holds for that very snapshot and, with --plan, for that plan alone; it ends when another release serves. It is kept in the environment's audit. Exit status 6: whoever asks may not approve, or the plan is stale.`;

	static override examples = [
		{ description: 'A saved plan', command: '<%= config.bin %> approve --plan plan.json' },
		{ description: 'A snapshot, however it is promoted', command: '<%= config.bin %> approve production --snapshot 3f9c2a71' },
		{ description: 'What staging runs, without a question', command: '<%= config.bin %> approve production --from staging --yes' },
	];

	static override args = environmentArgs;
	static override flags = {
		plan: planFlag(['snapshot', 'from']),
		snapshot: snapshotFlag(),
		from: fromFlag(),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<Result> {
		const { flags } = this;
		const saved = flags.plan === undefined ? null : await readPlanFile(flags.plan, this.args.environment);
		return await this.withEnvironment(
			async (session) => {
				if (saved) return await this.approve(session, await planAgain(session, saved, this.config.version));
				if (flags.snapshot === undefined && flags.from === undefined && session.environment.after === undefined)
					throw nothingNamed(session.environment.name);
				return await this.approve(session, await planSnapshot(session, flags));
			},
			{ named: saved?.environment, image: saved?.image },
		);
	}

	private async approve(session: EnvironmentSession, { plan, saved }: Planned): Promise<Result> {
		const { environment, target } = session;
		const proposal = await proposalOf(target, { snapshot: plan.snapshot, plan: saved });
		const act = await this.actOf(session, 'approve', { snapshot: plan.snapshot, plan: saved });
		await refusalsRecorded(this.recording(session), act, async () => assertMayApprove(environment, act.who));
		this.log(`${renderPlan(plan, createTheme(process.stdout))}\n`);
		await this.confirmed(`Approve this for ${environment.name}?`);
		await assertStillProposed(environment.name, proposal, target);
		const { serving, change } = proposal;
		await target.audit.append({ ...act, approval: { serving, change }, event: { kind: 'done' } });
		this.log(`approved for ${environment.name} by ${act.who.identity}`);
		return { outcome: 'approved', environment: environment.name, snapshot: plan.snapshot, plan: saved, by: act.who.identity, serving };
	}
}

function nothingNamed(environment: string): FlowferryError {
	return new FlowferryError({
		code: 'APPROVAL_OF_NOTHING',
		message: 'what is approved has to be named: the dev Node-RED may change before it is promoted',
		hint: `flowferry approve ${environment} --snapshot ID, or --plan FILE`,
	});
}
