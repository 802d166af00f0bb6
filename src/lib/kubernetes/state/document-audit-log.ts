import type { AuditContent, AuditDraft, AuditEntry, AuditHead, AuditLog } from '../../audit/audit-log.ts';
import { chain } from '../../audit/chain.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { isRecord } from '../../flows/is-record.ts';
import type { Names } from '../names.ts';
import { change, type Document, type Documents } from './document.ts';
import { unusable } from './state-fault.ts';

/** A part is closed where the next entry would make it longer. */
const MAX_PART_BYTES = 512 * 1024;

/** The entry that was written last, and the part that it belongs to; noted apart from the parts. */
interface NotedHead {
	format: 1;
	/** 1, 2, 3 … */
	part: number;
	entry: AuditEntry;
}

/**
 * The audit of an environment in a cluster. An entry is written with the head, whole, and then into its part: whoever is killed
 * between the two has written it, and whoever appends next brings it to its part first.
 */
export class DocumentAuditLog implements AuditLog {
	readonly #documents: Documents;
	readonly #names: Names;
	readonly #now: () => Date;

	constructor(documents: Documents, names: Names, now: () => Date) {
		this.#documents = documents;
		this.#names = names;
		this.#now = now;
	}

	async append(draft: AuditDraft): Promise<AuditEntry> {
		const document = this.#head();
		const noted = await change(document, async (text) => {
			const last = await this.#parse(text);
			const length = last ? await this.#settle(last) : 0;
			const entry = chain(draft, this.#now().toISOString(), headOf(last));
			const isFull = length > 0 && length + Buffer.byteLength(lineOf(entry)) > MAX_PART_BYTES;
			const next: NotedHead = { format: 1, part: (last?.part ?? 1) + (isFull ? 1 : 0), entry };
			return { text: `${JSON.stringify(next)}\n`, answer: next };
		});
		await this.#settle(noted);
		return noted.entry;
	}

	async read(after = 0): Promise<AuditContent> {
		const noted = await this.#noted();
		const entries = noted ? await this.#entriesUpTo(noted, after) : [];
		return { entries: entries.filter(({ sequence }) => sequence > after), head: headOf(noted) };
	}

	/** @param after entries up to there may be among them, or not */
	async #entriesUpTo(noted: NotedHead, after: number): Promise<AuditEntry[]> {
		const entries: AuditEntry[] = [];
		for (let part = noted.part; part > 0 && (entries[0]?.sequence ?? Number.POSITIVE_INFINITY) > after + 1; part--)
			entries.unshift(...(await this.#entries(part)));
		const { sequence } = noted.entry;
		const last = entries.at(-1)?.sequence ?? 0;
		if (last < sequence) return [...entries, noted.entry];
		// What somebody appended meanwhile is not of this moment; what nobody noted stays, for the chain to show.
		const isNoted = last > sequence && (await this.#noted())?.entry.hash !== noted.entry.hash;
		return isNoted ? entries.filter((entry) => entry.sequence <= sequence) : entries;
	}

	async #noted(): Promise<NotedHead | null> {
		return await this.#parse((await this.#head().read()).text);
	}

	/** @throws FlowferryError AUDIT_DAMAGED, also where somebody removed it: no part is begun before it is there */
	async #parse(text: string | null): Promise<NotedHead | null> {
		const head = this.#head();
		// Between the two looks somebody may have begun it.
		if (text === null && (await this.#part(1).read()).text !== null && (await head.read()).text === null)
			throw damaged(`the head of the audit in ${head.place}`);
		return parseHead(text, head.place);
	}

	/** Has the head's entry in its part, whoever brought it there. @returns how long the part is, in bytes */
	#settle({ part, entry }: NotedHead): Promise<number> {
		const line = lineOf(entry);
		return change(this.#part(part), (text) => {
			const lines = text ?? '';
			const whole = lines.includes(line) ? lines : lines + line;
			return { text: whole, answer: Buffer.byteLength(whole) };
		});
	}

	async #entries(part: number): Promise<AuditEntry[]> {
		const document = this.#part(part);
		const { text } = await document.read();
		return (text ?? '').split('\n').flatMap((line, index) => {
			if (line === '') return [];
			try {
				return [JSON.parse(line) as AuditEntry];
			} catch (cause) {
				throw damaged(`line ${index + 1} of the audit in ${document.place}`, cause);
			}
		});
	}

	#head(): Document {
		return this.#documents.configMap(this.#names.auditHead, 'head.json');
	}

	#part(part: number): Document {
		return this.#documents.configMap(this.#names.audit(part), 'entries.jsonl');
	}
}

function parseHead(text: string | null, place: string): NotedHead | null {
	if (text === null) return null;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw damaged(`the head of the audit in ${place}`, cause);
	}
	const { format, part, entry } = isRecord(value) ? value : {};
	if (typeof format === 'number' && format > 1)
		throw unusable(
			place,
			`it has format ${format}, and this version of flowferry knows format 1`,
			'use the version of flowferry that last worked on the environment, or a later one',
		);
	const isWhole = Number.isSafeInteger(part) && isRecord(entry) && Number.isSafeInteger(entry.sequence) && typeof entry.hash === 'string';
	if (!isWhole) throw damaged(`the head of the audit in ${place}`);
	return value as unknown as NotedHead;
}

function headOf(noted: NotedHead | null): AuditHead | null {
	return noted && { sequence: noted.entry.sequence, hash: noted.entry.hash };
}

function lineOf(entry: AuditEntry): string {
	return `${JSON.stringify(entry)}\n`;
}

function damaged(what: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'AUDIT_DAMAGED',
		message: `${what} cannot be read: it was changed or removed after it was written`,
		hint: 'find out who writes there (`kubectl get --show-managed-fields`), and put back what it said; an export that was kept tells',
		exitStatus: ExitStatus.needsOperator,
		cause,
	});
}
