import type { Document, DocumentState, Documents, Replaced } from '../../src/lib/kubernetes/state/document.ts';
import { unusable } from '../../src/lib/kubernetes/state/state-fault.ts';

interface Kept {
	text: string | null;
	version: number;
}

/** What a test has happen before a document is written, or instead of that. */
export type Intervene = (place: string, text: string) => Promise<Replaced | undefined> | Replaced | undefined;

/** Documents as a cluster keeps them, in memory. */
export class MemoryDocuments implements Documents {
	readonly kept = new Map<string, Kept>();
	intervene: Intervene = () => undefined;
	#version = 0;

	configMap(name: string): Document {
		return this.#document(`ConfigMap memory/${name}`);
	}

	secret(name: string): Document {
		return this.#document(`Secret memory/${name}`);
	}

	roleChanges(lease: string): Document {
		const place = `Lease memory/${lease}`;
		const document = this.#document(place);
		const missing = () => unusable(place, 'it is not there', 'make it');
		return { ...document, read: () => (this.kept.has(place) ? document.read() : Promise.reject(missing())) };
	}

	async allRoleChanges(): Promise<{ place: string; text: string }[]> {
		await turn();
		const leases = [...this.kept].filter(([place]) => place.startsWith('Lease '));
		return leases.flatMap(([place, { text }]) => (text === null ? [] : [{ place, text }]));
	}

	/** Writes past all rules, as an operator does; text null: an object without a text. */
	set(place: string, text: string | null): void {
		this.#version++;
		this.kept.set(place, { text, version: this.#version });
	}

	textOf(place: string): string {
		return this.kept.get(place)?.text ?? '';
	}

	#document(place: string): Document {
		return {
			place,
			read: async (): Promise<DocumentState> => {
				await turn();
				const kept = this.kept.get(place);
				return kept ? { text: kept.text, version: String(kept.version) } : { text: null, version: null };
			},
			replace: async (text, { version }): Promise<Replaced> => {
				await turn();
				const instead = await this.intervene(place, text);
				if (instead) return instead;
				const kept = this.kept.get(place);
				if ((kept ? String(kept.version) : null) !== version) return { outcome: 'stale' };
				if (Buffer.byteLength(text) > 1024 * 1024) throw unusable(place, 'the cluster refuses that', 'an object holds 1 MiB');
				this.set(place, text);
				return { outcome: 'written' };
			},
		};
	}
}

/** As long as an answer takes: others get their turn. */
function turn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
