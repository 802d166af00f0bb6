import { Flags } from '@oclif/core';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { type Act, refusalsRecorded } from '../lib/audit/record.ts';
import { takeInBundle } from '../lib/bundle/take-in.ts';
import { keepChoices } from '../lib/config/safeguards.ts';
import { continuePromotion, findPaused } from '../lib/cutover/continue-promotion.ts';
import { assertServing, inspectEnvironment } from '../lib/cutover/environment-status.ts';
import { assertNonePaused } from '../lib/cutover/pause.ts';
import { assertCurrent, assertUnblocked } from '../lib/cutover/plan-gate.ts';
import type { PromotionResult } from '../lib/cutover/promote.ts';
import { promote } from '../lib/cutover/promote.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { nameTarget } from '../lib/plan/configuration.ts';
import { parseSavedPlan, type SavedPlan } from '../lib/plan/saved-plan.ts';
import { renderPlan } from '../lib/ui/render-plan.ts';
import { renderPromotion } from '../lib/ui/render-promotion.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { readPlanFile } from '../plan-files.ts';
import { type Planned, planAgain, planSnapshot } from '../planning.ts';
import {
	allowUnsealedFlag,
	exitCodeFlag,
	failOnFlag,
	fromFlag,
	imageFlag,
	overrideFlag,
	planFlag,
	snapshotFlag,
	strategyFlag,
} from '../promotion-flags.ts';

type Result = PromotionResult | { outcome: 'nothing-to-do'; environment: string; release: number; snapshot: string };

export default class Promote extends EnvironmentCommand<typeof Promote> {
	static override summary = 'Bring a snapshot into production';
	static override description =
		`Lints it, shows the plan and asks; then prepares new instances beside the old ones, with their flows stopped, validates them, connects them behind a gate where the flows allow that, holds requests, closes the old sources, drains what is inside, hands over, starts the new flows or opens their gate, and verifies them. The old instances stay warm for \`rollback\`. Whatever fails on the way is undone, and the old release serves on: exit status 4. With a bake time, the command goes on watching the new release, and brings the old one back if it fails; interrupted then, it leaves the new release serving. With --plan it does what a saved plan says, or nothing: exit status 6 where the plan is stale, or where the environment's protection refuses.`;

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
		{ description: 'What staging runs', command: '<%= config.bin %> promote production --from staging' },
		{
			description: 'An image that CI has built and pushed, and its snapshot',
			command: '<%= config.bin %> promote production --image registry.example/plant:7',
		},
		{ description: 'A plan that was saved, and nothing else', command: '<%= config.bin %> promote --plan plan.json --yes' },
		{ description: 'Everything but the switch', command: '<%= config.bin %> promote production --pause-before-switch' },
		{ description: 'And then the switch', command: '<%= config.bin %> promote production --continue' },
	];

	static override args = environmentArgs;
	static override flags = {
		plan: planFlag(['snapshot', 'bundle', 'from', 'strategy', 'fail-on', 'keep', 'continue']),
		snapshot: snapshotFlag(),
		bundle: Flags.string({
			description: 'A bundle: its snapshot, installed from its packages alone',
			exclusive: ['snapshot', 'from', 'image'],
		}),
		'allow-unsealed': allowUnsealedFlag(),
		from: fromFlag(),
		image: imageFlag(),
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
			exclusive: ['snapshot', 'bundle', 'from', 'image', 'fail-on', 'strategy', 'again', 'pause-before-switch'],
		}),
		override: overrideFlag(),
		'exit-code': exitCodeFlag(),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<Result> {
		const saved = this.flags.plan === undefined ? null : await readPlanFile(this.flags.plan, this.args.environment);
		return await this.withEnvironment(
			async (opened) => {
				const session = { ...opened, environment: { ...opened.environment, keep: this.flags.keep ?? opened.environment.keep } };
				if (this.flags.continue) return await this.continue(session);
				await assertNonePaused(session.environment.name, session.target.journal);
				return await this.carryOut(session, saved ? await this.again(session, saved) : await this.plan(session));
			},
			{ named: saved?.environment, image: this.flags.image ?? saved?.image },
		);
	}

	private async plan(session: EnvironmentSession): Promise<Planned> {
		const { bundle } = this.flags;
		return bundle === undefined ? await planSnapshot(session, this.flags) : await this.planBundle(session, bundle);
	}

	/** A plan that it brings is applied where it was made for this very target; else one is made here. */
	private async planBundle(session: EnvironmentSession, file: string): Promise<Planned> {
		const { context, environment, target } = session;
		const policy = { vault: context.vault, allowUnsealed: this.flags['allow-unsealed'] };
		const { manifest, plan, unshared } = await takeInBundle(file, policy, context);
		this.note(`the bundle ${file} is sound; flowferry ${manifest.tool} wrote it at ${manifest.created}`);
		if (unshared !== null) this.note(unshared);
		const saved = plan === null ? null : parseSavedPlan(plan, `plan.json in ${file}`);
		const isForHere = saved?.environment === environment.name && saved.target === nameTarget(await target.plans.key());
		if (saved && isForHere) return await this.again(session, saved);
		if (saved) this.note(`its plan was made for ${saved.environment} at another place: what would be done here is this`);
		return await planSnapshot(session, { ...this.flags, snapshot: manifest.snapshot });
	}

	/** The saved plan, where it is still what would be done; that it is not is recorded. */
	private async again(session: EnvironmentSession, saved: SavedPlan): Promise<Planned> {
		const act = await this.actOf(session, 'promote', { snapshot: saved.plan.snapshot, plan: saved.checksum });
		return await refusalsRecorded(this.recording(session), act, () => planAgain(session, saved, this.config.version));
	}

	private async carryOut(session: EnvironmentSession, planned: Planned): Promise<Result> {
		const { snapshot, plan, configuration } = planned;
		this.log(`${renderPlan(plan, createTheme(process.stdout))}\n`);
		if (plan.nothingToDo && plan.from && !this.flags.again) {
			const { release } = plan.from;
			assertServing(await inspectEnvironment(session.environment, session.target), release);
			if (this.flags['exit-code']) this.endWith(ExitStatus.nothingToDo);
			return { outcome: 'nothing-to-do', environment: plan.environment, release, snapshot: plan.snapshot };
		}
		const act = await this.agreed(session, planned);

		const result = await this.changing(session, act, async (setting) => {
			await assertCurrent(plan, session.target);
			const pauses = this.flags['pause-before-switch'];
			const strategy = plan.strategy === 'first' ? 'exclusive' : plan.strategy;
			const done = await this.showing(setting, (shown) => promote({ ...shown, pauses }, snapshot, { strategy, spare: plan.spare }));
			// It serves, whether or not the next plan can say what has changed since.
			await session.target.plans
				.remember(done.release, configuration)
				.catch((cause: Error) => this.note(`what this was promoted with could not be remembered: ${cause.message}`));
			return done;
		});
		this.log(renderPromotion(result, createTheme(process.stdout)));
		return { ...result, warnings: [...plan.warnings, ...result.warnings] };
	}

	/** What blocks the plan is said first, then who may not, or not now; then whoever is there is asked. */
	private async agreed(session: EnvironmentSession, { plan, saved }: Planned): Promise<Act> {
		const { override } = this.flags;
		const act = await this.actOf(session, 'promote', { snapshot: plan.snapshot, plan: saved });
		const isOverride = override !== undefined;
		await refusalsRecorded(this.recording(session), act, async () => assertUnblocked(plan, isOverride));
		await this.permitted(session, act);
		await this.confirmed(isOverride ? `Promote to ${plan.environment}, overriding its protection?` : `Promote to ${plan.environment}?`);
		return act;
	}

	private async continue(session: EnvironmentSession): Promise<PromotionResult> {
		const { environment, target } = session;
		const { to } = await findPaused(environment.name, target);
		const { number: release, snapshot } = to.release;
		const act = await this.permitted(session, await this.actOf(session, 'continue', { release, snapshot }));
		await this.confirmed(`Switch ${environment.name} to release ${release}?`);
		const result = await this.changing(session, act, (setting) => this.showing(setting, continuePromotion));
		this.log(renderPromotion(result, createTheme(process.stdout)));
		return result;
	}
}
