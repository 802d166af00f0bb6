import type { NamedEnvironment } from '../config/environment-of.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { CutoverStrategy } from '../lint/verdict.ts';
import type { PromotionDraft, PromotionRecord, Release, SlotName, Strategy } from '../promotion/journal.ts';
import type { PromotionState } from '../promotion/machine.ts';
import { initialState, transition } from '../promotion/machine.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Progress, Target } from '../targets/target.ts';
import type { CutoverContext, CutoverReport } from './context.ts';
import { emptyReport } from './context.ts';
import type { PromotionObserver } from './run.ts';
import { runPromotion } from './run.ts';
import { exclusiveActions } from './strategies/exclusive.ts';
import { gatedActions } from './strategies/gated.ts';

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
	/** Whether somebody else has the environment now: then it must not even go back. */
	superseded: () => Promise<boolean>;
}

/** The contract of `promote --json` and `rollback --json`. */
export interface PromotionResult {
	outcome: 'promoted' | 'rolled-back';
	environment: string;
	/** The release that serves now. */
	release: number;
	snapshot: string;
	/** Where production serves. */
	url: string;
	strategy: Strategy;
	from: { slot: SlotName; release: number } | null;
	to: { slot: SlotName; release: number };
	/** From closing the old flows' sources to the new flows' start, in milliseconds; 0 for a first promotion. */
	gapMs: number;
	drained: { drained: boolean; left: CutoverReport['left']; unansweredRequests: number };
	/** What waited at the new flows' gate, and of it what the old flows had handled; null without a gate. */
	gate: CutoverReport['gate'];
	steps: { step: string; durationMs: number }[];
	warnings: string[];
}

/**
 * Brings a snapshot into production as a new release. The caller holds the environment's lock.
 * @param strategy how the old release makes way; not asked where there is none
 * @throws FlowferryError what the router throws where it cannot serve (PORT_IN_USE, GATEWAY_ELSEWHERE, …): then nothing was begun
 */
export async function promote(setting: PromotionSetting, snapshot: Snapshot, strategy: CutoverStrategy): Promise<PromotionResult> {
	const { journal } = setting.target;
	const from = await servingRelease(setting.target);
	await proveRouter(setting.target, from !== null);
	const release = await journal.createRelease(snapshot.id);
	const to = { slot: otherSlot(from?.slot), release };
	return await carryOut(setting, { kind: 'promote', strategy: from ? strategy : 'first', from, to });
}

/**
 * Goes back to a release that ran before: a flip where its slot is still warm, else it is prepared anew.
 * @param choose the strategy for a cutover between these two releases
 * @param number default: the release that the other slot holds, else the one that served before
 */
export async function rollback(
	setting: PromotionSetting,
	choose: (from: Release, to: Release) => Promise<CutoverStrategy>,
	number?: number,
): Promise<PromotionResult> {
	const from = await servingRelease(setting.target);
	if (!from) {
		throw new FlowferryError({
			code: 'NOTHING_SERVES',
			message: `nothing was ever promoted to ${setting.environment.name}`,
			hint: `promote a snapshot first: flowferry promote ${setting.environment.name}`,
		});
	}
	const release = await releaseToReturnTo(setting.target, from.release, number);
	await proveRouter(setting.target, true);
	const to = { slot: otherSlot(from.slot), release };
	const strategy = await choose(from.release, release);
	return await carryOut(setting, { kind: 'rollback', strategy, from, to });
}

/**
 * Ends a promotion whose runner is gone: undone, or finished where only traffic was left to move. The caller holds the lock.
 * @returns the promotion as it ended; null where none was unfinished
 */
export async function recover(setting: PromotionSetting): Promise<PromotionRecord | null> {
	const { journal } = setting.target;
	const left = await journal.unfinished();
	if (!left) return null;
	const record = { ...left, state: transition(left.state, { event: 'taken over' }) };
	await journal.record(record.id, record.state, false);
	const state = await run({ ...setting, stopReason: () => null }, record, emptyReport());
	if (state.kind === 'needs operator') throw needsOperator(setting.environment.name, state);
	return { ...record, state };
}

/** What serves, or last served; null before the first promotion. */
export async function servingRelease({ journal }: Target): Promise<{ slot: SlotName; release: Release } | null> {
	const slot = await journal.servingSlot();
	const release = slot && (await journal.slots())[slot];
	return slot && release ? { slot, release } : null;
}

async function carryOut(setting: PromotionSetting, draft: PromotionDraft): Promise<PromotionResult> {
	const { environment, target } = setting;
	const record = await target.journal.begin(draft, setting.by, initialState);
	const report = emptyReport();
	const steps: PromotionResult['steps'] = [];
	const observe: PromotionObserver = (event) => {
		if (event.event === 'done') steps.push({ step: event.step, durationMs: Math.round(event.durationMs ?? 0) });
		setting.observe(event);
	};
	const state = await run({ ...setting, observe }, record, report);
	if (state.kind === 'rolled back') throw rolledBack(environment.name, draft, state);
	if (state.kind === 'needs operator') throw needsOperator(environment.name, state);
	return {
		outcome: draft.kind === 'promote' ? 'promoted' : 'rolled-back',
		environment: environment.name,
		release: draft.to.release.number,
		snapshot: draft.to.release.snapshot,
		url: (await target.router.status())?.url ?? '',
		strategy: draft.strategy,
		from: draft.from && { slot: draft.from.slot, release: draft.from.release.number },
		to: { slot: draft.to.slot, release: draft.to.release.number },
		gapMs: draft.from ? Math.round(report.gapEndedMs - report.gapBeganMs) : 0,
		drained: {
			drained: report.drained,
			left: report.left,
			unansweredRequests: report.unansweredRequests,
		},
		gate: report.gate,
		steps,
		warnings: warningsOf(report),
	};
}

function run(setting: PromotionSetting, record: PromotionRecord, report: CutoverReport): Promise<PromotionState> {
	const { environment, target, progress, observe, stopReason, superseded } = setting;
	const { kind, strategy, from, to } = record;
	const loadSnapshot = () => setting.loadSnapshot(to.release.snapshot);
	const context: CutoverContext = { kind, strategy, from, to, environment, target, loadSnapshot, progress, report };
	const actions = strategy === 'first' || strategy === 'exclusive' ? exclusiveActions(context) : gatedActions(context);
	return runPromotion({ record, actions, journal: target.journal, observe, stopReason, superseded });
}

async function releaseToReturnTo({ journal }: Target, serving: Release, number?: number): Promise<Release> {
	if (number !== undefined) {
		const wanted = await journal.release(number);
		if (wanted && wanted.number !== serving.number) return wanted;
		throw new FlowferryError({
			code: 'RELEASE_UNKNOWN',
			message: wanted ? `release ${number} serves already` : `there is no release ${number}`,
			hint: '`flowferry status` lists the releases',
		});
	}
	const slots = await journal.slots();
	const warm = slots[otherSlot((await journal.servingSlot()) ?? undefined)];
	const earlier = warm ?? (await latestThatServed(journal, serving));
	if (earlier) return earlier;
	throw new FlowferryError({
		code: 'NOTHING_TO_RETURN_TO',
		message: `release ${serving.number} is the only one that ever served`,
		hint: 'promote the snapshot that you want: flowferry snapshot list',
	});
}

async function latestThatServed(journal: Target['journal'], serving: Release): Promise<Release | null> {
	const history = await journal.history(1000);
	const served = history.find(
		({ state, to }) => (state.kind === 'baking' || state.kind === 'retired') && to.release.number !== serving.number,
	);
	return served?.to.release ?? null;
}

/**
 * The router shows that it can serve, where the configuration says, before anything is begun: traffic moves last, where
 * there is no way back.
 * @param stays false: before a first promotion, which starts it when there is something to serve
 */
async function proveRouter(target: Target, stays: boolean): Promise<void> {
	await target.startRouter();
	if (!stays) await target.stopRouter();
}

function otherSlot(slot?: SlotName): SlotName {
	return slot === 'blue' ? 'green' : 'blue';
}

function warningsOf({ remarks, stuckSources, drained, left, unansweredRequests, problems }: CutoverReport): string[] {
	const called = ({ type, name, id }: { type: string; name: string; id: string }) => `${type} '${name || id}'`;
	return [
		...remarks,
		...stuckSources.map((node) => `${called(node)} did not close in time; it may have emitted during the drain`),
		...left.map(
			(node) => `${node.messages} message(s) were still in ${called(node)} at the drain's deadline and were lost with the old release`,
		),
		...(!drained && left.length === 0 && unansweredRequests === 0
			? ["messages were still moving at the drain's deadline: some may have been lost with the old release"]
			: []),
		...(unansweredRequests > 0 ? [`${unansweredRequests} request(s) were not answered by the drain's deadline`] : []),
		...problems.map(({ node, message }) => `the new release logged an error${node ? ` in ${called(node)}` : ''}: ${message}`),
	];
}

function rolledBack(
	environment: string,
	{ from, to }: PromotionDraft,
	state: Extract<PromotionState, { kind: 'rolled back' }>,
): FlowferryError {
	const now = from ? `Release ${from.release.number} serves, as before.` : 'Nothing served before, and nothing does now.';
	return new FlowferryError({
		code: 'CUTOVER_ROLLED_BACK',
		message: `release ${to.release.number} did not go active in ${environment}: '${state.failed}' failed: ${state.cause}\n${now}`,
		hint: 'mend the cause, take a new snapshot if the flows changed, and promote again',
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.rolledBack,
	});
}

function needsOperator(environment: string, state: Extract<PromotionState, { kind: 'needs operator' }>): FlowferryError {
	return new FlowferryError({
		code: 'OPERATOR_NEEDED',
		message: `${environment}: '${state.failed}' failed (${state.cause}), and could not be undone: ${state.reason}`,
		hint: `look at \`flowferry status ${environment}\` and mend what it shows; the next promote, rollback or up tries to undo it again`,
		docs: 'docs/exit-status.md',
		exitStatus: ExitStatus.needsOperator,
	});
}
