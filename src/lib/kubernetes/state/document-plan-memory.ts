import { randomBytes } from 'node:crypto';
import type { PlanMemory } from '../../promotion/plan-memory.ts';
import { change, type Document } from './document.ts';
import { addPlan, planOf } from './journal-document.ts';
import type { JournalStore } from './journal-store.ts';
import { unusable } from './state-fault.ts';

/** The memory of an environment in a cluster: the digests in its journal, the key in a Secret of its own. */
export class DocumentPlanMemory implements PlanMemory {
	readonly #store: JournalStore;
	readonly #key: Document;

	constructor(store: JournalStore, key: Document) {
		this.#store = store;
		this.#key = key;
	}

	async key(): Promise<Uint8Array> {
		const made = randomBytes(32).toString('hex');
		// Whoever comes first makes it, for all.
		const hex = await change(this.#key, (text) => ({ text: text ?? made, answer: text ?? made }));
		if (!/^[0-9a-f]{64}$/.test(hex))
			throw unusable(this.#key.place, 'its key is not 64 hex digits', 'delete it: plans are compared anew from the next promotion on');
		return Uint8Array.from(Buffer.from(hex, 'hex'));
	}

	remember(release: number, configuration: Record<string, string>): Promise<void> {
		return this.#store.change((document) => [addPlan(document, release, configuration), undefined]);
	}

	async recall(release: number): Promise<Record<string, string> | null> {
		return planOf(await this.#store.read(), release);
	}
}
