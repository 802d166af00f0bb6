import { Flags } from '@oclif/core';
import type { Context } from '../context.ts';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { takeInBundle } from '../lib/bundle/take-in.ts';
import { keepChoices } from '../lib/config/safeguards.ts';
import { continuePromotion, findPaused } from '../lib/cutover/continue-promotion.ts';
import { assertServing, inspectEnvironment } from '../lib/cutover/environment-status.ts';
import { assertNonePaused } from '../lib/cutover/pause.ts';
import { assertCurrent, assertUnblocked } from '../lib/cutover/plan-promotion.ts';
import type { PromotionResult } from '../lib/cutover/promote.ts';
import { promote } from '../lib/cutover/promote.ts';
import { renderPlan } from '../lib/ui/render-plan.ts';
import { renderPromotion } from '../lib/ui/render-promotion.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { allowUnsealedFlag, failOnFlag, planSnapshot, snapshotFlag, strategyFlag } from '../snapshot-flag.ts';

type Result = PromotionResult | { outcome: 'nothing-to-do'; environment: string; release: number; snapshot: string };

export default class Promote extends EnvironmentCommand<typeof Promote> {
	static override summary = 'Bring a snapshot into production';
	static override description =
		`Lints it, shows the plan and asks; then prepares new instances beside the old ones, with their flows stopped, validates them, connects them behind a gate where the flows allow that, holds requests, closes the old sources, drains what is inside, hands over, starts the new flows or opens their gate, and verifies them. The old instances stay warm for \`rollback\`. Whatever fails on the way is undone, and the old release serves on: exit status 4. With a bake time, the command goes on watching the new release, and brings the old one back if it fails; interrupted then, it leaves the new release serving.`;

	static override examples = [
		{ description: 'What the dev Node-RED runs now', command: '<%= config.bin %> promote production' },
		{
			description: 'By a strategy of your own choice; the plan says what that may cost',
			command: '<%= config.bin %> promote production --strategy exclusive',
		},
		{
			description: 'In CI: a stored snapshot, without a question',
			command: '<%= config.bin %> promote production --snapshot 3f9c2a71 --yes --json',
		},
		{ description: 'In a network without a connection', command: '<%= config.bin %> promote production --bundle plant.bundle' },
		{ description: 'Everything but the switch', command: '<%= config.bin %> promote production --pause-before-switch' },
		{ description: 'And then the switch', command: '<%= config.bin %> promote production --continue' },
	];

	static override args = environmentArgs;
	static override flags = {
		snapshot: snapshotFlag(),
		bundle: Flags.string({ description: 'A bundle: its snapshot, installed from its packages alone', exclusive: ['snapshot'] }),
		'allow-unsealed': allowUnsealedFlag(),
		'fail-on': failOnFlag(),
		strategy: strategyFlag(),
		again: Flags.boolean({ description: 'Also where this snapshot serves already: for changed variables or settings' }),
		keep: Flags.option({
			options: keepChoices,
			description: "What becomes of the old slot once the new release serves, and has baked; default: the environment's keep",
		})(),
		'pause-before-switch': Flags.boolean({
			description: 'Stop when the new instances are prepared and validated; the old release serves on',
		}),
		continue: Flags.boolean({
			description: 'Go on with the promotion that is paused',
			exclusive: ['snapshot', 'bundle', 'fail-on', 'strategy', 'again', 'pause-before-switch'],
		}),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<Result> {
		return await this.withEnvironment(async (opened) => {
			const session = { ...opened, environment: { ...opened.environment, keep: this.flags.keep ?? opened.environment.keep } };
			if (this.flags.continue) return await this.continue(session);
			await assertNonePaused(session.environment.name, session.target.journal);
			const snapshotId = await this.chosenSnapshot(session.context);
			const { snapshot, plan } = await planSnapshot(session, { ...this.flags, snapshot: snapshotId });
			this.log(`${renderPlan(plan, createTheme(process.stdout))}\n`);
			if (plan.nothingToDo && plan.from && !this.flags.again) {
				const { release } = plan.from;
				assertServing(await inspectEnvironment(session.environment, session.target), release);
				return { outcome: 'nothing-to-do', environment: plan.environment, release, snapshot: plan.snapshot };
			}
			assertUnblocked(plan);
			await this.confirmed(`Promote to ${plan.environment}?`);

			const result = await this.changing(session, async (setting) => {
				await assertCurrent(plan, session.target);
				const pauses = this.flags['pause-before-switch'];
				const strategy = plan.strategy === 'first' ? 'exclusive' : plan.strategy;
				return await this.showing(setting, (shown) => promote({ ...shown, pauses }, snapshot, { strategy, spare: plan.spare }));
			});
			this.log(renderPromotion(result, createTheme(process.stdout)));
			return { ...result, warnings: [...plan.warnings, ...result.warnings] };
		});
	}

	private async chosenSnapshot(context: Context): Promise<string | undefined> {
		const { bundle, snapshot } = this.flags;
		if (bundle === undefined) return snapshot;
		const { manifest } = await takeInBundle(bundle, { vault: context.vault, allowUnsealed: this.flags['allow-unsealed'] }, context);
		this.note(`the bundle ${bundle} is sound; flowferry ${manifest.tool} wrote it at ${manifest.created}`);
		return manifest.snapshot;
	}

	private async continue(session: EnvironmentSession): Promise<PromotionResult> {
		const { environment, target } = session;
		const { to } = await findPaused(environment.name, target);
		await this.confirmed(`Switch ${environment.name} to release ${to.release.number}?`);
		const result = await this.changing(session, (setting) => this.showing(setting, continuePromotion));
		this.log(renderPromotion(result, createTheme(process.stdout)));
		return result;
	}
}
