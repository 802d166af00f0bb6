import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { toldInFull } from '../errors/told-in-full.ts';
import type { Journal, PromotionRecord } from '../promotion/journal.ts';
import type { Compensation, PromotionEvent, PromotionState, Step } from '../promotion/machine.ts';
import { isFinished, nextStep, pausesBefore, transition } from '../promotion/machine.ts';

/** What a strategy does for each step, and for each compensation. All are idempotent; a step throws where it fails. */
export interface StrategyActions {
	steps: Record<Step, () => Promise<void>>;
	compensations: Record<Compensation, () => Promise<void>>;
}

/** Told of everything that happens, for progress and the report. */
export type PromotionObserver = (event: PromotionEvent & { /** Since the step or compensation began. */ durationMs?: number }) => void;

export interface PromotionRun {
	record: PromotionRecord;
	actions: StrategyActions;
	journal: Journal;
	observe: PromotionObserver;
	/** Asked before each step: why the promotion must go no further (interrupted, aborted, lock lost); null to go on. */
	stopReason: () => string | null | Promise<string | null>;
	/** It stops, prepared and validated, and waits for somebody to continue it. */
	pauses?: boolean;
	/** Asked before each step, each compensation and each entry: whether somebody else has the environment now. */
	superseded: () => Promise<boolean>;
	/** Takes from what the journal is to keep, and the user to read, what neither may. */
	redact: (text: string) => string;
}

/**
 * Runs a promotion from its recorded state to an end: `baking`, `rolled back`, `needs operator` or `paused`. Each step is in the
 * journal before it acts; that it was done stands in the next entry, since each entry waits for the disk, and most of a cutover's
 * steps are taken while nobody handles anything. Where the journal itself cannot be written, the promotion goes back as far as it came; the
 * entry that remains makes the next call go back once more, which changes nothing.
 * @throws FlowferryError LOCK_LOST where somebody else has taken the promotion over: not even going back is ours then
 */
export async function runPromotion(run: PromotionRun): Promise<PromotionState> {
	const { record, actions, journal, observe, stopReason, pauses, superseded, redact } = run;
	let state = record.state;

	async function take(event: PromotionEvent, durationMs?: number): Promise<void> {
		if (await superseded()) throw lockLost();
		state = transition(state, event);
		observe(durationMs === undefined ? event : { ...event, durationMs });
		if (event.event !== 'done' || isFinished(state)) await journal.record(record.id, state, isFinished(state));
	}

	async function attempt(step: Step): Promise<void> {
		const began = performance.now();
		try {
			await take({ event: 'begin', step });
			const reason = step === 'release' ? null : await stopReason();
			if (reason) throw new Error(reason);
			await actions.steps[step]();
			await take({ event: 'done', step }, performance.now() - began);
		} catch (error) {
			// The last `done`, where it could not be written, has advanced the state all the same.
			if (isLockLost(error)) throw error;
			if (state.kind !== 'going' || state.running !== step) return;
			await take({ event: 'failed', step, cause: redact(toldInFull(error)) }, performance.now() - began).catch(unlessLockLost);
		}
	}

	/** Where that cannot be written, it goes back: nobody could continue what the journal does not have. */
	async function pause(): Promise<void> {
		const before = state;
		try {
			await take({ event: 'pause' });
		} catch (error) {
			if (isLockLost(error)) throw error;
			const begun = transition(before, { event: 'begin', step: pausesBefore });
			state = transition(begun, { event: 'failed', step: pausesBefore, cause: redact(toldInFull(error)) });
		}
	}

	async function compensate(compensation: Compensation): Promise<void> {
		const began = performance.now();
		if (await superseded()) throw lockLost();
		try {
			await actions.compensations[compensation]();
		} catch (error) {
			return await take({ event: 'not compensated', compensation, reason: redact(toldInFull(error)) }).catch(unlessLockLost);
		}
		await take({ event: 'compensated', compensation }, performance.now() - began).catch(unlessLockLost);
	}

	for (;;) {
		const step = nextStep(state);
		if (!step && state.kind !== 'rolling back') return state;
		if (step === pausesBefore && pauses && !(await stopReason())) await pause();
		else if (step) await attempt(step);
		else if (state.kind === 'rolling back') await compensate(state.remaining[0] as Compensation);
	}
}

const LOCK_LOST = 'LOCK_LOST';

export function isLockLost(error: unknown): boolean {
	return error instanceof FlowferryError && error.code === LOCK_LOST;
}

/** An entry that cannot be written stops nothing; see `runPromotion`. */
function unlessLockLost(error: unknown): void {
	if (isLockLost(error)) throw error;
}

/** Somebody else has the environment now. */
export function lockLost(): FlowferryError {
	return new FlowferryError({
		code: LOCK_LOST,
		message: 'this command stood still for so long that another one took the environment over; it has stopped where it was',
		hint: '`flowferry status` shows what the other one made of it',
		exitStatus: ExitStatus.needsOperator,
	});
}
