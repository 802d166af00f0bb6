import type { FailoverPause, FailoverStore, Intent, RoleChange } from '../../failover/failover-store.ts';
import type { Names } from '../names.ts';
import { change, type Documents } from './document.ts';
import { intentOf, type JournalDocument, pauseOf } from './journal-document.ts';
import type { JournalStore } from './journal-store.ts';
import { addRoleChange, mergeRoleChanges } from './role-changes-text.ts';

export interface FailoverSetting {
	documents: Documents;
	names: Names;
	journal: JournalStore;
	/** The journal as it is now: read, or from a memory that is kept up to date. */
	look: () => JournalDocument | Promise<JournalDocument>;
	now: () => Date;
}

/** What instances of a cluster share: intent and pause in the journal, changes of roles at the Lease of their seat. */
export class DocumentFailoverStore implements FailoverStore {
	readonly #setting: FailoverSetting;

	constructor(setting: FailoverSetting) {
		this.#setting = setting;
	}

	async intent(): Promise<Intent> {
		const { look, now } = this.#setting;
		return intentOf(await look(), now());
	}

	pause(failoverPause: FailoverPause): Promise<void> {
		return this.#setting.journal.change((document) => [{ ...document, failoverPause }, undefined]);
	}

	resume(): Promise<FailoverPause | null> {
		const { journal, now } = this.#setting;
		return journal.change((document) => {
			const paused = pauseOf(document, now());
			return [document.failoverPause ? { ...document, failoverPause: null } : document, paused];
		});
	}

	record(roleChange: RoleChange): Promise<void> {
		const { documents, names } = this.#setting;
		const document = documents.roleChanges(names.lease(roleChange.seat));
		return change(document, (text) => ({ text: addRoleChange(text, roleChange, document.place), answer: undefined }));
	}

	async changes(limit: number): Promise<RoleChange[]> {
		return mergeRoleChanges(await this.#setting.documents.allRoleChanges(), limit);
	}
}
