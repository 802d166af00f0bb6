import type { RunUserCommand } from '../adapters/user-command.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import type { SpareKind } from '../failover/spare-kind.ts';
import type { CutoverStrategy } from '../lint/verdict.ts';
import { otherSlot, type PromotionDraft, type PromotionRecord, type Release, type Side, type Strategy } from '../promotion/journal.ts';
import type { PromotionState } from '../promotion/machine.ts';
import { initialState, transition } from '../promotion/machine.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Progress, Target } from '../targets/target.ts';
import { afterRelease } from './after-release.ts';
import type { Baked } from './bake.ts';
import type { ContextReport } from './carry-context.ts';
import type { CutoverContext, CutoverReport } from './context.ts';
import { emptyReport } from './context.ts';
import { releaseToReturnTo } from './earlier-release.ts';
import { goBack } from './go-back.ts';
import { runEndHook, withHooks } from './hooks.ts';
import { abortReason, assertNonePaused } from './pause.ts';
import { needsOperator, nothingServes, rolledBack } from './promotion-errors.ts';
import { warningsOf } from './promotion-warnings.ts';
import type { PromotionObserver, StrategyActions } from './run.ts';
import { runPromotion } from './run.ts';
import { servingFollows } from './serving-slot.ts';
import { nameSides } from './sides.ts';
import { exclusiveActions } from './strategies/exclusive.ts';
import { gatedActions } from './strategies/gated.ts';
import { withBaseline } from './verify-release.ts';
import { withinSlot } from './within-slot.ts';

/** What the flows of a release need, or what somebody asked for. */
export interface CutoverChoice {
	/** How the old release makes way; not asked where there is none. */
	strategy: CutoverStrategy;
	/** What the spares of the new one do. */
	spare: SpareKind;
}

/** What a promotion needs of the world around it. */
export interface PromotionSetting {
	environment: NamedEnvironment;
	target: Target;
	/** `user@host (pid 123)`. */
	by: string;
	/** @throws FlowferryError where the store has no such snapshot, or a damaged one */
	loadSnapshot: (id: string) => Promise<Snapshot>;
	observe: PromotionObserver;
	progress: Progress;
	/** Why it must go no further; null to go on. */
	stopReason: () => string | null;
	/** It stops when everything is prepared and validated, and waits for `continuePromotion`. */
	pauses?: boolean;
	/** Whether somebody else has the environment now: then it must not even go back. */
	superseded: () => Promise<boolean>;
	/** Checks and hooks. */
	runCommand: RunUserCommand;
	/** Takes from a text what must not be shown. */
	redact: (text: string) => string;
	/** What whoever interrupts from now on is told. */
	interruptMeans: (text: string) => void;
}

/** The contract of `promote --json`, `rollback --json` and `switchover --json`. */
export interface PromotionResult {
	outcome: 'promoted' | 'rolled-back' | 'switched-over' | 'paused';
	environment: string;
	/** The release that serves now; where it paused, the one that stands by. */
	release: number;
	snapshot: string;
	/** Where production serves. */
	url: string;
	strategy: Strategy;
	from: ResultSide | null;
	to: ResultSide;
	/** From closing the old flows' sources to the new flows' start, in milliseconds; 0 for a first promotion. */
	gapMs: number;
	drained: { drained: boolean; left: CutoverReport['left']; unansweredRequests: number };
	/** What waited at the new flows' gate, and of it what the old flows had handled; null without a gate. */
	gate: CutoverReport['gate'];
	/** What was carried over of the context in memory; null where none was to be. */
	context: ContextReport | null;
	steps: { step: string; durationMs: number }[];
	/** What the new release had received and logged when it was last looked at; null where its instances did not tell. */
	progress: { received: number; errors: number } | null;
	/** How the bake time ended; null where there was none. */
	baked: Baked | null;
	/** What has become of the old slot, or of the instance that was active; null where there was none. */
	old: 'warm' | 'retired' | null;
	warnings: string[];
}

/** `instance` only where it was a switchover. */
type ResultSide = Pick<Side, 'slot' | 'instance'> & { release: number };

const outcomes = { promote: 'promoted', rollback: 'rolled-back', switchover: 'switched-over' } as const;

/**
 * Brings a snapshot into production as a new release. The caller holds the environment's lock.
 * @throws FlowferryError what `Target.unlock` throws, and the router where it cannot serve (PORT_IN_USE, GATEWAY_ELSEWHERE, …): then
 * nothing was begun
 */
export async function promote(setting: PromotionSetting, snapshot: Snapshot, { strategy, spare }: CutoverChoice): Promise<PromotionResult> {
	const { journal } = setting.target;
	await assertNonePaused(setting.environment.name, journal);
	const from = await servingRelease(setting.target);
	await setting.target.unlock(snapshot);
	await proveRouter(setting.target, from !== null);
	const release = await journal.createRelease(snapshot.id);
	const to = { slot: otherSlot(from?.slot), release, spare };
	return await carryOut(setting, { kind: 'promote', strategy: from ? strategy : 'first', from, to });
}

/**
 * Goes back to a release that ran before: a flip where its slot is still warm, else it is prepared anew.
 * @param choose for a cutover between these two releases
 * @param number default: the release that the other slot holds, else the one that served before
 */
export async function rollback(
	setting: PromotionSetting,
	choose: (from: Release, to: Release) => Promise<CutoverChoice>,
	number?: number,
): Promise<PromotionResult> {
	await assertNonePaused(setting.environment.name, setting.target.journal);
	const from = await servingRelease(setting.target);
	if (!from) throw nothingServes(setting.environment.name);
	const release = await releaseToReturnTo(setting.environment.name, setting.target.journal, from, number);
	const slot = otherSlot(from.slot);
	const isWarm = (await setting.target.journal.slots())[slot]?.number === release.number;
	await setting.target.unlock(isWarm ? slot : await setting.loadSnapshot(release.snapshot));
	await proveRouter(setting.target, true);
	const { strategy, spare } = await choose(from.release, release);
	const to = { slot, release, spare };
	return await carryOut(setting, { kind: 'rollback', strategy, from, to });
}

/**
 * Ends a promotion whose runner is gone: undone, or finished where only traffic was left to move. The caller holds the lock.
 * @returns the promotion as it ended; null where none was unfinished
 */
export async function recover(setting: PromotionSetting): Promise<PromotionRecord | null> {
	const { journal } = setting.target;
	const left = await journal.unfinished();
	if (!left || left.state.kind === 'paused') return null;
	return await endPromotion(setting, { ...left, state: transition(left.state, { event: 'taken over', by: setting.by }) });
}

/** Writes a promotion's new state, and runs it from there to its end. @throws FlowferryError OPERATOR_NEEDED */
export async function endPromotion(setting: PromotionSetting, record: PromotionRecord): Promise<PromotionRecord> {
	const { journal } = setting.target;
	await journal.record(record.id, record.state, false);
	const context = contextOf(setting, record);
	const state = await run({ ...setting, stopReason: () => null }, record, context);
	await runEndHook(context, state);
	for (const warning of context.report.remarks) setting.progress(setting.redact(warning));
	if (state.kind === 'needs operator') throw needsOperator(setting.environment.name, state);
	return { ...record, state };
}

/** Begins a promotion in the journal, and runs it to its end. @throws as `carryOn` */
export async function carryOut(setting: PromotionSetting, draft: PromotionDraft): Promise<PromotionResult> {
	return await carryOn(setting, await setting.target.journal.begin(draft, setting.by, initialState));
}

/** Runs a promotion that is in the journal, from its state on. @throws FlowferryError CUTOVER_ROLLED_BACK, OPERATOR_NEEDED, … */
export async function carryOn(setting: PromotionSetting, record: PromotionRecord): Promise<PromotionResult> {
	const { environment, target } = setting;
	const draft: PromotionDraft = record;
	const context = contextOf(setting, draft);
	const { report } = context;
	const steps: PromotionResult['steps'] = [];
	const observe: PromotionObserver = (event) => {
		if (event.event === 'done') steps.push({ step: event.step, durationMs: Math.round(event.durationMs ?? 0) });
		setting.observe(event);
	};
	const state = await run({ ...setting, observe }, record, context);
	if (state.kind === 'needs operator') throw needsOperator(environment.name, state);
	const after = state.kind === 'rolled back' || state.kind === 'paused' ? null : await afterRelease(context, { ...setting, record, state });
	if (after?.baked?.outcome === 'failed')
		throw await goBack(setting, draft, setting.redact(after.baked.reason ?? ''), (back) =>
			carryOut({ ...setting, stopReason: () => null, pauses: false }, back),
		);
	if (state.kind !== 'paused') await runEndHook(context, state);
	const warnings = warningsOf(report, nameSides(draft)).map(setting.redact);
	if (state.kind === 'rolled back') {
		for (const warning of warnings) setting.progress(warning);
		throw rolledBack(environment.name, draft, state, report.contextBack);
	}
	return {
		outcome: state.kind === 'paused' ? 'paused' : outcomes[draft.kind],
		environment: environment.name,
		release: draft.to.release.number,
		snapshot: draft.to.release.snapshot,
		url: (await target.router.status())?.url ?? '',
		strategy: draft.strategy,
		from: draft.from && resultOf(draft.from),
		to: resultOf(draft.to),
		gapMs: draft.from ? Math.round(report.gapEndedMs - report.gapBeganMs) : 0,
		drained: {
			drained: report.drained,
			left: report.left,
			unansweredRequests: report.unansweredRequests,
		},
		gate: report.gate,
		context: report.context,
		steps,
		progress: report.after && { received: report.after.received, errors: report.after.errors },
		baked: after?.baked ?? null,
		old: after?.old ?? null,
		warnings,
	};
}

function resultOf({ release, ...side }: Side): ResultSide {
	return { ...side, release: release.number };
}

function contextOf({ environment, target, progress, runCommand, loadSnapshot }: PromotionSetting, draft: PromotionDraft): CutoverContext {
	return {
		...draft,
		environment,
		target,
		loadSnapshot: () => loadSnapshot(draft.to.release.snapshot),
		progress,
		runCommand,
		insists: draft.because === undefined,
		report: emptyReport(),
	};
}

function strategyActions(context: CutoverContext): StrategyActions {
	const { strategy } = context;
	return strategy === 'first' || strategy === 'exclusive' ? exclusiveActions(context) : gatedActions(context);
}

function run(setting: PromotionSetting, record: PromotionRecord, context: CutoverContext): Promise<PromotionState> {
	const { journal } = setting.target;
	const stopReason = async () => setting.stopReason() ?? (await abortReason(journal, record.id));
	const strategic = servingFollows(withinSlot(strategyActions(context), context), record, journal);
	const actions = withHooks(withBaseline(strategic, context), context);
	return runPromotion({ ...setting, record, actions, journal, stopReason });
}

/**
 * The router shows that it can serve, where the configuration says, before anything is begun: traffic moves last, where
 * there is no way back.
 * @param stays false: before a first promotion, which starts it when there is something to serve
 */
export async function proveRouter(target: Target, stays: boolean): Promise<void> {
	await target.startRouter();
	if (!stays) await target.stopRouter();
}
