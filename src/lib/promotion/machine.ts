/**
 * The promotion as a state machine: a pure transition table, without I/O or clock. The journal stores its states, and
 * whoever finds an unfinished promotion can tell from its state alone what to do.
 */

/** What a promotion has reached. */
export const milestones = [
	'planned',
	'prepared',
	'validated',
	'connected',
	'held',
	'quiesced',
	'drained',
	'handed over',
	'active',
	'verified',
	'released',
] as const;
export type Milestone = (typeof milestones)[number];

/**
 * From one milestone to the next. Each is idempotent. `connect` starts the new flows behind a closed gate, where the
 * strategy does that; elsewhere it has nothing to do.
 */
export const steps = ['prepare', 'validate', 'connect', 'hold', 'quiesce', 'drain', 'hand over', 'activate', 'verify', 'release'] as const;
export type Step = (typeof steps)[number];

/**
 * Undoes what steps did, or half did. Each is idempotent, and right whether or not there was anything to undo.
 * - `restore`: the new instances lose the lease, and the old run the flows again
 * - `let flow`: the router sends traffic to the old instances
 * - `discard`: the new instances end, and their slot is emptied; a switchover, which made none, has nothing to discard
 */
export const compensations = ['restore', 'let flow', 'discard'] as const;
export type Compensation = (typeof compensations)[number];

/** Who goes on with it, since whoever began it is gone, or had it pause. */
interface TakenOver {
	takenOverBy?: string;
}

export type PromotionState =
	/** On its way; `running` says which step has begun, null between steps. */
	| ({ kind: 'going'; reached: Milestone; running: Step | null } & TakenOver)
	/** Prepared and validated; it waits for somebody to continue or to abort it, and nobody needs to run for that. */
	| { kind: 'paused' }
	/** Going back; `remaining` compensations are still to run, the first of them has begun. */
	| ({ kind: 'rolling back'; failed: Step; cause: string; remaining: Compensation[] } & TakenOver)
	/** The new release serves, the old slot stays warm. */
	| { kind: 'baking' }
	/** The slot that was kept warm was given up. */
	| { kind: 'retired' }
	/** The old release serves, as before. */
	| { kind: 'rolled back'; failed: Step; cause: string }
	/** It could neither go on nor back: somebody must look. */
	| { kind: 'needs operator'; failed: Step; cause: string; reason: string };

export type PromotionEvent =
	| { event: 'begin'; step: Step }
	| { event: 'done'; step: Step }
	| { event: 'failed'; step: Step; cause: string }
	/** Before the step that `pausesBefore` names, it stops and waits. */
	| { event: 'pause' }
	/** `standing`: the new instances still stand by; else they are prepared anew. */
	| { event: 'continue'; standing: boolean; by: string }
	/** Ends a pause by going back; a promotion that runs is asked to, and then fails in its next step. */
	| { event: 'abort'; cause: string }
	/** Whoever ran the promotion is gone; somebody else takes it over. */
	| { event: 'taken over'; by: string }
	| { event: 'compensated'; compensation: Compensation }
	| { event: 'not compensated'; compensation: Compensation; reason: string }
	| { event: 'retire' };

/** The only step before which a promotion can pause: nothing that production sees has happened, and everything is ready. */
export const pausesBefore = 'connect' satisfies Step;

export const initialState: PromotionState = { kind: 'going', reached: 'planned', running: null };

/** Which compensations undo a promotion that failed in this step, in the order to run them. */
const compensationsAfter: Record<Step, Compensation[]> = {
	prepare: ['discard'],
	validate: ['discard'],
	connect: ['restore', 'discard'],
	hold: ['restore', 'let flow', 'discard'],
	quiesce: ['restore', 'let flow', 'discard'],
	drain: ['restore', 'let flow', 'discard'],
	'hand over': ['restore', 'let flow', 'discard'],
	activate: ['restore', 'let flow', 'discard'],
	verify: ['restore', 'let flow', 'discard'],
	release: ['restore', 'let flow', 'discard'],
};

/** The step that leads on from here; null where none does. */
export function nextStep(state: PromotionState): Step | null {
	return state.kind === 'going' ? (steps[milestones.indexOf(state.reached)] ?? null) : null;
}

export function isFinished(state: PromotionState): boolean {
	return hasServed(state) || state.kind === 'rolled back';
}

/** Whether the release came to serve: it may be watched still, and may have been followed by another. */
export function hasServed({ kind }: PromotionState): boolean {
	return kind === 'baking' || kind === 'retired';
}

/** @throws Error where the event cannot happen in the state: a defect, never a user's doing */
export function transition(state: PromotionState, event: PromotionEvent): PromotionState {
	switch (event.event) {
		case 'begin':
			if (state.kind === 'going' && nextStep(state) === event.step) return { ...state, running: event.step };
			break;
		case 'done':
			if (state.kind === 'going' && state.running === event.step) return reach(milestones[steps.indexOf(event.step) + 1] as Milestone);
			break;
		case 'failed':
			if (state.kind === 'going' && state.running === event.step) return goBack(event.step, event.cause);
			break;
		case 'pause':
			if (state.kind === 'going' && state.running === null && nextStep(state) === pausesBefore) return { kind: 'paused' };
			break;
		case 'continue':
			// What stood for hours is validated once more.
			if (state.kind === 'paused')
				return { kind: 'going', reached: event.standing ? 'prepared' : 'planned', running: null, takenOverBy: event.by };
			break;
		case 'abort':
			if (state.kind === 'paused') return goBack(pausesBefore, event.cause);
			break;
		case 'taken over':
			if (state.kind === 'going') return takeOver(state, event.by);
			if (state.kind === 'rolling back' || state.kind === 'needs operator')
				return { ...goBack(state.failed, state.cause), takenOverBy: event.by };
			break;
		case 'compensated':
			if (state.kind === 'rolling back' && state.remaining[0] === event.compensation) return compensated(state);
			break;
		case 'not compensated':
			if (state.kind === 'rolling back' && state.remaining[0] === event.compensation) {
				const { failed, cause } = state;
				return { kind: 'needs operator', failed, cause, reason: `'${event.compensation}' failed: ${event.reason}` };
			}
			break;
		case 'retire':
			if (state.kind === 'baking') return { kind: 'retired' };
			break;
	}
	throw new Error(`a promotion that is ${JSON.stringify(state)} cannot take ${JSON.stringify(event)}`);
}

function reach(milestone: Milestone): PromotionState {
	return milestone === 'released' ? { kind: 'baking' } : { kind: 'going', reached: milestone, running: null };
}

function goBack(failed: Step, cause: string): Extract<PromotionState, { kind: 'rolling back' }> {
	return { kind: 'rolling back', failed, cause, remaining: compensationsAfter[failed] };
}

/**
 * Goes back, unless only the traffic was left to move: the new release is active and verified then, and to finish is nearer.
 * Should that fail, it goes back as well.
 */
function takeOver(state: Extract<PromotionState, { kind: 'going' }>, takenOverBy: string): PromotionState {
	const step = state.running ?? (nextStep(state) as Step);
	if (step === 'release') return { kind: 'going', reached: 'verified', running: null, takenOverBy };
	return { ...goBack(step, 'whoever ran the promotion is gone'), takenOverBy };
}

function compensated(state: Extract<PromotionState, { kind: 'rolling back' }>): PromotionState {
	const remaining = state.remaining.slice(1);
	if (remaining.length > 0) return { ...state, remaining };
	return { kind: 'rolled back', failed: state.failed, cause: state.cause };
}
