import { change, type Document } from './document.ts';
import type { JournalDocument } from './journal-document.ts';
import { parseJournal, renderJournal } from './journal-text.ts';

/** The journal's document where it is kept. */
export class JournalStore {
	readonly #document: Document;

	constructor(document: Document) {
		this.#document = document;
	}

	/** @throws FlowferryError STATE_UNUSABLE */
	async read(): Promise<JournalDocument> {
		return parseJournal((await this.#document.read()).text, this.#document.place);
	}

	/** Written when it resolves. @param alter asked anew where somebody else was faster */
	change<R>(alter: (document: JournalDocument) => [JournalDocument, R]): Promise<R> {
		return change(this.#document, (text) => {
			const before = parseJournal(text, this.#document.place);
			const [after, answer] = alter(before);
			return { text: after === before && text !== null ? text : renderJournal(after), answer };
		});
	}
}
