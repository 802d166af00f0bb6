import type { SpareKind } from '../failover/spare-kind.ts';
import type { CutoverStrategy } from '../lint/verdict.ts';
import type { PromotionState } from './machine.ts';

export const slotNames = ['blue', 'green'] as const;
/** The instances of one release. */
export type SlotName = (typeof slotNames)[number];

/** The slot that is not this one; blue where there is none yet. */
export function otherSlot(slot?: SlotName): SlotName {
	return slot === 'blue' ? 'green' : 'blue';
}

/** `blue` of the instance `blue/0`. */
export function slotOf(instance: string): SlotName {
	return instance.split('/', 1)[0] as SlotName;
}

/** How the old release makes way for the new; `first`: there is no old one. */
export type Strategy = 'first' | CutoverStrategy;

/** A snapshot promoted to an environment. */
export interface Release {
	/** 1, 2, 3 … for each environment. */
	number: number;
	/** The snapshot's id. */
	snapshot: string;
	/** ISO 8601, UTC. */
	created: string;
}

/** One side of a cutover: the instances of a slot. */
export interface Side {
	slot: SlotName;
	release: Release;
	/** `blue/0`: the one that takes part. Only in a switchover; else all of the slot do. */
	instance?: string;
	/** What the spares of the slot do; warm where nothing is said. */
	spare?: SpareKind;
}

export interface PromotionDraft {
	/**
	 * - `rollback`: to a release that ran before
	 * - `switchover`: from one instance to another of the same slot and release
	 */
	kind: 'promote' | 'rollback' | 'switchover';
	strategy: Strategy;
	from: Side | null;
	to: Side;
	/** Why a rollback that nobody asked for was made. */
	because?: string;
}

export interface PromotionRecord extends PromotionDraft {
	id: number;
	state: PromotionState;
	/** Who ran it: `user@host (pid 123)`. */
	by: string;
	started: string;
	ended: string | null;
}

/** One line of the journal: what a promotion became, and when that was written. */
export interface JournalEntry {
	/** ISO 8601, UTC. */
	time: string;
	state: PromotionState;
}

/** What an environment remembers, kept with the target: every change is durable when its promise resolves. */
export interface Journal {
	/** Gives the next release number to a snapshot. */
	createRelease(snapshot: string): Promise<Release>;
	release(number: number): Promise<Release | null>;
	/** What each slot holds. */
	slots(): Promise<Record<SlotName, Release | null>>;
	setSlot(slot: SlotName, release: Release | null): Promise<void>;
	/** The slot that serves, or last served; null before the first promotion. */
	servingSlot(): Promise<SlotName | null>;
	setServingSlot(slot: SlotName | null): Promise<void>;
	begin(draft: PromotionDraft, by: string, state: PromotionState): Promise<PromotionRecord>;
	/**
	 * Writes the state, before the step that it names acts; a finished one is no longer `unfinished`, and stays so.
	 * @throws Error where it was finished meanwhile, by somebody else
	 */
	record(id: number, state: PromotionState, finished: boolean): Promise<void>;
	/** The promotion that has neither come through nor gone back; a paused one is among them. */
	unfinished(): Promise<PromotionRecord | null>;
	promotion(id: number): Promise<PromotionRecord | null>;
	/** Everything that was written of a promotion, the earliest first. */
	entries(id: number): Promise<JournalEntry[]>;
	/** Asks whoever runs a promotion to go back; who asked first is remembered. */
	askToAbort(id: number, by: string): Promise<void>;
	/** Who asked for that; null where nobody did. */
	abortAskedBy(id: number): Promise<string | null>;
	/** The latest first. */
	history(limit: number): Promise<PromotionRecord[]>;
}
