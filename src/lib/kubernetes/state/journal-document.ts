import type { FailoverPause, Intent } from '../../failover/failover-store.ts';
import type { JournalEntry, PromotionDraft, PromotionRecord, Release, SlotName } from '../../promotion/journal.ts';
import type { PromotionState } from '../../promotion/machine.ts';

/** What an environment remembers, in one document. All here is pure: document → document. */
export interface JournalDocument {
	format: 1;
	servingSlot: SlotName | null;
	/** The number of the release that each holds. */
	slots: Record<SlotName, number | null>;
	failoverPause: FailoverPause | null;
	/** These and all that follow: the earliest first. */
	releases: Release[];
	promotions: StoredPromotion[];
	entries: StoredEntry[];
	aborts: { promotion: number; by: string; time: string }[];
	/** The digests of the configuration that releases were promoted with. */
	plans: { release: number; configuration: Record<string, string> }[];
}

interface StoredPromotion extends PromotionRecord {
	finished: boolean;
}

interface StoredEntry extends JournalEntry {
	promotion: number;
}

/** Of an environment that nobody has promoted to. */
export const emptyJournal: JournalDocument = {
	format: 1,
	servingSlot: null,
	slots: { blue: null, green: null },
	failoverPause: null,
	releases: [],
	promotions: [],
	entries: [],
	aborts: [],
	plans: [],
};

export function addRelease(document: JournalDocument, snapshot: string, created: string): [JournalDocument, Release] {
	const release = { number: 1 + (document.releases.at(-1)?.number ?? 0), snapshot, created };
	return [{ ...document, releases: [...document.releases, release] }, release];
}

export function releaseOf({ releases }: JournalDocument, number: number): Release | null {
	return releases.find((release) => release.number === number) ?? null;
}

export function slotsOf(document: JournalDocument): Record<SlotName, Release | null> {
	const held = (number: number | null) => (number === null ? null : releaseOf(document, number));
	return { blue: held(document.slots.blue), green: held(document.slots.green) };
}

/** @throws Error where there is no such release: a defect, never a user's doing */
export function fillSlot(document: JournalDocument, slot: SlotName, release: Release | null): JournalDocument {
	if (release && !releaseOf(document, release.number)) throw new Error(`there is no release ${release.number}`);
	return { ...document, slots: { ...document.slots, [slot]: release?.number ?? null } };
}

export function addPromotion(
	document: JournalDocument,
	draft: PromotionDraft,
	begun: Pick<PromotionRecord, 'state' | 'by' | 'started'>,
): [JournalDocument, PromotionRecord] {
	const record = { ...draft, id: 1 + (document.promotions.at(-1)?.id ?? 0), ...begun, ended: null };
	return [{ ...document, promotions: [...document.promotions, { ...record, finished: false }] }, record];
}

/** @throws Error where the promotion was finished meanwhile, by somebody else */
export function recordState(
	document: JournalDocument,
	id: number,
	{ time, state, finished }: JournalEntry & { finished: boolean },
): JournalDocument {
	const before = document.promotions.find((promotion) => promotion.id === id);
	if (!before || (before.finished && !finished)) throw new Error(`promotion ${id} has ended already: somebody else ended it`);
	const after = { ...before, state, finished, ended: before.ended ?? (finished ? time : null) };
	return {
		...document,
		promotions: document.promotions.map((promotion) => (promotion === before ? after : promotion)),
		entries: [...document.entries, { promotion: id, time, state }],
	};
}

export function promotionOf({ promotions }: JournalDocument, id: number): PromotionRecord | null {
	const found = promotions.find((promotion) => promotion.id === id);
	return found ? toRecord(found) : null;
}

export function unfinishedOf({ promotions }: JournalDocument): PromotionRecord | null {
	const found = promotions.findLast(({ finished }) => !finished);
	return found ? toRecord(found) : null;
}

/** The latest first. */
export function historyOf({ promotions }: JournalDocument, limit: number): PromotionRecord[] {
	return promotions.toReversed().slice(0, limit).map(toRecord);
}

export function entriesOf({ entries }: JournalDocument, id: number): JournalEntry[] {
	return entries.filter(({ promotion }) => promotion === id).map(({ time, state }) => ({ time, state }));
}

/** Who asked first stays. */
export function addAbort(document: JournalDocument, promotion: number, by: string, time: string): JournalDocument {
	if (abortOf(document, promotion) !== null) return document;
	return { ...document, aborts: [...document.aborts, { promotion, by, time }] };
}

export function abortOf({ aborts }: JournalDocument, id: number): string | null {
	return aborts.find(({ promotion }) => promotion === id)?.by ?? null;
}

export function addPlan(document: JournalDocument, release: number, configuration: Record<string, string>): JournalDocument {
	return { ...document, plans: [...document.plans.filter((plan) => plan.release !== release), { release, configuration }] };
}

export function planOf({ plans }: JournalDocument, release: number): Record<string, string> | null {
	return plans.find((plan) => plan.release === release)?.configuration ?? null;
}

export function intentOf(document: JournalDocument, now: Date): Intent {
	const promotion: PromotionState | null = unfinishedOf(document)?.state ?? null;
	return { servingSlot: document.servingSlot, promotion, paused: pauseOf(document, now) };
}

/** Null also where its time is over. */
export function pauseOf({ failoverPause }: JournalDocument, now: Date): FailoverPause | null {
	const isOver = (failoverPause?.until ?? null) !== null && (failoverPause?.until as string) <= now.toISOString();
	return isOver ? null : failoverPause;
}

function toRecord({ finished: _, ...record }: StoredPromotion): PromotionRecord {
	return record;
}
