import type { Journal, JournalEntry, PromotionDraft, PromotionRecord, Release, SlotName } from '../../promotion/journal.ts';
import type { PromotionState } from '../../promotion/machine.ts';
import * as journal from './journal-document.ts';
import type { JournalStore } from './journal-store.ts';

/** The journal of an environment in a cluster: one document, and each change writes it anew. */
export class DocumentJournal implements Journal {
	readonly #store: JournalStore;
	readonly #now: () => Date;

	constructor(store: JournalStore, now: () => Date) {
		this.#store = store;
		this.#now = now;
	}

	createRelease(snapshot: string): Promise<Release> {
		return this.#store.change((document) => journal.addRelease(document, snapshot, this.#time()));
	}

	async release(number: number): Promise<Release | null> {
		return journal.releaseOf(await this.#store.read(), number);
	}

	async slots(): Promise<Record<SlotName, Release | null>> {
		return journal.slotsOf(await this.#store.read());
	}

	setSlot(slot: SlotName, release: Release | null): Promise<void> {
		return this.#alter((document) => journal.fillSlot(document, slot, release));
	}

	async servingSlot(): Promise<SlotName | null> {
		return (await this.#store.read()).servingSlot;
	}

	setServingSlot(servingSlot: SlotName | null): Promise<void> {
		return this.#alter((document) => ({ ...document, servingSlot }));
	}

	begin(draft: PromotionDraft, by: string, state: PromotionState): Promise<PromotionRecord> {
		return this.#store.change((document) => journal.addPromotion(document, draft, { state, by, started: this.#time() }));
	}

	record(id: number, state: PromotionState, finished: boolean): Promise<void> {
		return this.#alter((document) => journal.recordState(document, id, { time: this.#time(), state, finished }));
	}

	async unfinished(): Promise<PromotionRecord | null> {
		return journal.unfinishedOf(await this.#store.read());
	}

	async promotion(id: number): Promise<PromotionRecord | null> {
		return journal.promotionOf(await this.#store.read(), id);
	}

	async entries(id: number): Promise<JournalEntry[]> {
		return journal.entriesOf(await this.#store.read(), id);
	}

	askToAbort(id: number, by: string): Promise<void> {
		return this.#alter((document) => journal.addAbort(document, id, by, this.#time()));
	}

	async abortAskedBy(id: number): Promise<string | null> {
		return journal.abortOf(await this.#store.read(), id);
	}

	async history(limit: number): Promise<PromotionRecord[]> {
		return journal.historyOf(await this.#store.read(), limit);
	}

	#alter(alter: (document: journal.JournalDocument) => journal.JournalDocument): Promise<void> {
		return this.#store.change((document) => [alter(document), undefined]);
	}

	#time(): string {
		return this.#now().toISOString();
	}
}
