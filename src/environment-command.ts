import { Args, type Command } from '@oclif/core';
import { BaseCommand } from './base-command.ts';
import { confirmed } from './confirmed.ts';
import type { Context } from './context.ts';
import { createContext } from './context.ts';
import { systemClock } from './lib/adapters/clock.ts';
import { explainDiskFault } from './lib/adapters/disk-fault.ts';
import { isAlive } from './lib/adapters/process-identity.ts';
import type { AuditAction, AuditSubject } from './lib/audit/audit-log.ts';
import { type Act, type Recording, recorded, refusalsRecorded, settle } from './lib/audit/record.ts';
import type { Onlooker } from './lib/audit/settle.ts';
import type { NamedEnvironment } from './lib/config/environment-of.ts';
import { environmentOf } from './lib/config/environment-of.ts';
import { acquirePromotionLock } from './lib/cutover/lock.ts';
import { assertUnblocked } from './lib/cutover/plan-gate.ts';
import type { PromotionSetting } from './lib/cutover/promote.ts';
import { recover } from './lib/cutover/promote.ts';
import { assertPermitted } from './lib/cutover/protection.ts';
import { lockLost } from './lib/cutover/run.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { stageSkipped } from './lib/plan/blockers.ts';
import type { Target } from './lib/targets/target.ts';
import type { PromotionWording } from './lib/ui/promotion-tasks.ts';
import { showPromotion } from './lib/ui/promotion-tasks.ts';
import { createTheme } from './lib/ui/theme.ts';
import { stageBefore } from './stage-before.ts';

export const environmentArgs = {
	environment: Args.string({ description: 'An environment of the configuration; may be left out where there is only one' }),
};

export interface EnvironmentSession {
	context: Context;
	environment: NamedEnvironment;
	target: Target;
}

/** A command that works on one environment. */
export abstract class EnvironmentCommand<T extends typeof Command> extends BaseCommand<T> {
	/**
	 * @param named the environment that a saved plan is for; the command's argument, where there is one, must be the same
	 * @param image to start instances from, on Docker and Kubernetes
	 */
	protected async withEnvironment<R>(
		work: (session: EnvironmentSession) => Promise<R>,
		{ named, image }: { named?: string | undefined; image?: string | undefined } = {},
	): Promise<R> {
		const context = await createContext((this.flags as { config: string }).config);
		const environment = environmentOf(context.config, (this.args as { environment?: string }).environment ?? named);
		try {
			return await this.withTarget({ context, environment, target: await context.openTarget(environment, { image }) }, work);
		} catch (error) {
			// Elsewhere there is no folder here: what fails is the engine's or the cluster's, and is explained as such.
			if (error instanceof FlowferryError || environment.target !== 'process') throw error;
			throw await explainDiskFault(error, environment.directory);
		}
	}

	private async withTarget<R>(session: EnvironmentSession, work: (session: EnvironmentSession) => Promise<R>): Promise<R> {
		try {
			return await work(session);
		} finally {
			session.target.close();
		}
	}

	/**
	 * What somebody is about to do, for the audit.
	 * @param subject what it is done with, as far as that is known
	 */
	protected async actOf(
		{ context, environment }: EnvironmentSession,
		action: AuditAction,
		subject: Partial<AuditSubject> = {},
	): Promise<Act> {
		const override = (this.flags as { override?: string }).override;
		return {
			action,
			who: await context.actor(environment.protected?.identity),
			subject: {
				snapshot: null,
				release: null,
				plan: null,
				override: override === undefined ? null : context.redact(override),
				...subject,
			},
		};
	}

	/**
	 * Goes on only where the environment's protection, and for a promotion the stage before, allow the act to whoever does it, now. A
	 * refusal is recorded.
	 * @throws FlowferryError NOT_ALLOWED, WINDOW_CLOSED, APPROVAL_MISSING, STAGE_SKIPPED (exit 6)
	 */
	protected async permitted(session: EnvironmentSession, act: Act): Promise<Act> {
		const { context, environment, target } = session;
		const { action, who: actor, subject } = act;
		const { snapshot, plan, override } = subject;
		const promotes = action === 'promote' && snapshot !== null ? { snapshot, plan } : null;
		await refusalsRecorded(this.recording(session), act, async () => {
			if (promotes && override === null) {
				const stage = await stageBefore(context, environment);
				assertUnblocked({ blockers: stageSkipped({ stage, snapshot: { id: promotes.snapshot }, environment: environment.name }) });
			}
			await assertPermitted(environment, target, { action, actor, now: context.now(), override, promotes });
		});
		return act;
	}

	protected recording({ context, target }: EnvironmentSession): Recording {
		return { audit: target.audit, redact: context.redact, note: (message) => this.note(message) };
	}

	/** Who looks at what others left in the audit. */
	protected onlooker({ context }: EnvironmentSession): Onlooker {
		return { operator: context.operator(), now: context.now(), isAlive };
	}

	/**
	 * Does what changes an environment: under its lock, after what somebody left unfinished has been ended, and recorded. Whether it is
	 * permitted is asked once more: the question may have been answered hours later.
	 */
	protected async changing<R>(session: EnvironmentSession, act: Act, work: (setting: PromotionSetting) => Promise<R>): Promise<R> {
		return await this.locked(session, async (setting) => {
			await this.permitted(session, act);
			return await this.recorded(session, act, async (settle) => {
				const ended = await recover(setting);
				if (ended) this.note(`promotion ${ended.id} by ${ended.by} had been interrupted; it is ${ended.state.kind} now`);
				await settle();
				return await work(setting);
			});
		});
	}

	/** Does something with its beginning and its end in the audit. @param work is to settle what others left, once it has the lock and has recovered */
	protected async recorded<R>(session: EnvironmentSession, act: Act, work: (settleOthers: () => Promise<void>) => Promise<R>): Promise<R> {
		const recording = this.recording(session);
		return await recorded(recording, act, (begun) => work(() => settle(recording, session.target.journal, begun, this.onlooker(session))));
	}

	/**
	 * Works under an environment's lock, with progress shown. An interrupt makes a promotion go back.
	 * @param waitMs for somebody else who has the lock; default: not at all
	 * @throws FlowferryError LOCKED (exit 6)
	 */
	protected async locked<R>(
		{ context, environment, target }: EnvironmentSession,
		work: (setting: PromotionSetting) => Promise<R>,
		waitMs = 0,
	): Promise<R> {
		const ttlMs = environment.timeouts.lockMs;
		const lock = await acquirePromotionLock(target.leases, systemClock(), context.operator(), { ttlMs, waitMs });
		const interrupt = this.watchInterrupts();
		target.guard(async () => {
			if (await lock.superseded()) throw lockLost();
		});
		const setting: PromotionSetting = {
			environment,
			target,
			by: context.operator(),
			loadSnapshot: (id) => context.snapshots.get(id),
			observe: () => {},
			progress: (message) => this.note(message),
			stopReason: () => interrupt.reason() ?? lock.lost(),
			superseded: lock.superseded,
			runCommand: context.runCommand,
			redact: context.redact,
			interruptMeans: interrupt.means,
		};
		try {
			return await work(setting);
		} finally {
			interrupt.stop();
			target.guard(async () => {});
			await lock.release();
		}
	}

	/** Runs a promotion with its steps shown as they happen. */
	protected async showing<R>(
		setting: PromotionSetting,
		run: (setting: PromotionSetting) => Promise<R>,
		wording?: PromotionWording,
	): Promise<R> {
		if (this.jsonEnabled()) return await run(setting);
		const view = showPromotion((line) => this.logToStderr(line), createTheme(process.stderr), wording);
		try {
			return await run({ ...setting, observe: view.observe, progress: view.progress });
		} finally {
			await view.close();
		}
	}

	/** @throws FlowferryError DECLINED (exit 6), or CONFIRMATION_NEEDED (exit 2) where nobody can be asked */
	protected async confirmed(question: string): Promise<void> {
		if ((this.flags as { yes?: boolean }).yes) return;
		await confirmed(question, this.jsonEnabled(), { message: 'this changes production, and nobody can be asked here', hint: 'add --yes' });
	}
}
