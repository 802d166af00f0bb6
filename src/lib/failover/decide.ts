import type { LeaseRecord } from '../lease/lease.ts';
import type { SlotName } from '../promotion/journal.ts';
import type { PromotionState } from '../promotion/machine.ts';
import { nextStep, steps } from '../promotion/machine.ts';
import type { Intent } from './failover-store.ts';

/**
 * What an instance decides by itself: pure, from one view of its environment. That it is the only one to run the
 * flows is not decided here: the lease alone says that.
 */

/** Why a spare leaves the seat alone. */
export type Restraint = 'somebody is active' | 'its slot does not serve' | 'a promotion moves the seat' | 'automatic failover is paused';

export type StandbyDecision = { do: 'take over' } | { do: 'stand by'; because: Restraint };

/**
 * Whether a spare takes the seat.
 * @param seat its lease, where somebody holds it
 */
export function decideAsSpare(slot: SlotName, seat: LeaseRecord | null, intent: Intent): StandbyDecision {
	if (seat) return { do: 'stand by', because: 'somebody is active' };
	const because = restraintOf(slot, intent);
	return because ? { do: 'stand by', because } : { do: 'take over' };
}

/**
 * Whether an active instance whose Node-RED has ended lets the seat go, for a spare to take it at once. Where no spare may, it keeps
 * the lease and starts its flows again itself.
 */
export function decideAfterEnd(slot: SlotName, intent: Intent): { do: 'let go' } | { do: 'keep'; because: Restraint } {
	const because = restraintOf(slot, intent);
	return because ? { do: 'keep', because } : { do: 'let go' };
}

/**
 * Whether another slot serves by now in place of this one, and nothing is on its way: an instance that was cut off all the while, and ran
 * the flows before, is to run them no more.
 */
export function hasGivenWay(slot: SlotName, { servingSlot, promotion }: Intent): boolean {
	return servingSlot !== null && servingSlot !== slot && (promotion === null || promotion.kind === 'paused');
}

/**
 * Whether an instance of the slot that became active by itself may order the traffic: a promotion that moves the seat does so itself.
 * That failover is paused by now changes nothing: the seat has moved.
 */
export function mayOrderTraffic(slot: SlotName, intent: Intent): boolean {
	return restraintOf(slot, { ...intent, paused: null }) === null;
}

/**
 * What a hot spare does: it follows the active one while its slot serves, stands still while a promotion connects or moves the seat, and
 * lets go of its connections when another slot serves.
 */
export function decideAsHotSpare(slot: SlotName, seat: LeaseRecord | null, intent: Intent): 'follow' | 'stand still' | 'stand down' {
	// A gate that a promotion closed is the promotion's.
	if (intent.servingSlot !== slot) return intent.promotion && intent.promotion.kind !== 'paused' ? 'stand still' : 'stand down';
	if (!seat || (intent.promotion && marksStreams(intent.promotion))) return 'stand still';
	return 'follow';
}

/** From `connect` on, a cutover counts the streams of the active instance for itself. */
function marksStreams(state: PromotionState): boolean {
	return movesTheSeat(state) || (state.kind === 'going' && (state.running ?? nextStep(state)) === 'connect');
}

function restraintOf(slot: SlotName, { servingSlot, promotion, paused }: Intent): Restraint | null {
	if (servingSlot !== slot) return 'its slot does not serve';
	if (promotion && movesTheSeat(promotion)) return 'a promotion moves the seat';
	return paused ? 'automatic failover is paused' : null;
}

/**
 * From the hold on, requests wait and the seat is on its way from one instance to another: whoever runs the promotion, or ends it, says
 * where to. Before that, and while it is paused, nothing that production sees has happened.
 */
export function movesTheSeat(state: PromotionState): boolean {
	const isPastHold = (step: (typeof steps)[number]) => steps.indexOf(step) >= steps.indexOf('hold');
	switch (state.kind) {
		case 'going':
			return isPastHold(state.running ?? nextStep(state) ?? 'release');
		case 'rolling back':
		case 'needs operator':
			return isPastHold(state.failed);
		default:
			return false;
	}
}
