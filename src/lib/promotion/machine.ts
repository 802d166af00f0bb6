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
 * - `discard`: the new instances end, and their slot is emptied
 */
export const compensations = ['restore', 'let flow', 'discard'] as const;
export type Compensation = (typeof compensations)[number];

export type PromotionState =
	/** On its way; `running` says which step has begun, null between steps. */
	| { kind: 'going'; reached: Milestone; running: Step | null }
	/** Going back; `remaining` compensations are still to run, the first of them has begun. */
	| { kind: 'rolling back'; failed: Step; cause: string; remaining: Compensation[] }
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
	/** Whoever ran the promotion is gone; somebody else takes it over. */
	| { event: 'taken over' }
	| { event: 'compensated'; compensation: Compensation }
	| { event: 'not compensated'; compensation: Compensation; reason: string }
	| { event: 'retire' };

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
	// The new release is active and verified: to finish is nearer than to go back.
	release: [],
};

/** The step that leads on from here; null where none does. */
export function nextStep(state: PromotionState): Step | null {
	return state.kind === 'going' ? (steps[milestones.indexOf(state.reached)] ?? null) : null;
}

export function isFinished(state: PromotionState): boolean {
	return state.kind === 'baking' || state.kind === 'retired' || state.kind === 'rolled back';
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
		case 'taken over':
			if (state.kind === 'going') return takeOver(state.running ?? (nextStep(state) as Step), 'whoever ran the promotion is gone');
			if (state.kind === 'rolling back' || state.kind === 'needs operator') return takeOver(state.failed, state.cause);
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

function goBack(failed: Step, cause: string): PromotionState {
	const remaining = compensationsAfter[failed];
	if (remaining.length > 0) return { kind: 'rolling back', failed, cause, remaining };
	return { kind: 'needs operator', failed, cause, reason: 'the new release is active, but the router does not follow' };
}

/** A release that began is gone on with; anything earlier goes back. */
function takeOver(failed: Step, cause: string): PromotionState {
	if (compensationsAfter[failed].length === 0) return { kind: 'going', reached: 'verified', running: null };
	return goBack(failed, cause);
}

function compensated(state: Extract<PromotionState, { kind: 'rolling back' }>): PromotionState {
	const remaining = state.remaining.slice(1);
	if (remaining.length > 0) return { ...state, remaining };
	return { kind: 'rolled back', failed: state.failed, cause: state.cause };
}
