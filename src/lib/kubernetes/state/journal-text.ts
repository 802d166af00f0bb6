import { isRecord } from '../../flows/is-record.ts';
import { findJsonFault } from '../../flows/json-fault.ts';
import { slotNames } from '../../promotion/journal.ts';
import { emptyJournal, type JournalDocument } from './journal-document.ts';
import { unusable } from './state-fault.ts';

/** The journal as a text that people can read: JSON, with a line for each release, promotion and entry. */

/** An object of Kubernetes holds 1 MiB, and an operator's own entries need room. */
const MAX_BYTES = 512 * 1024;
const MAX_PROMOTIONS = 200;
/** The latest promotions keep what was written of them for as long as any are let go. */
const EXPLAINED_PROMOTIONS = 20;

/** Where it has become too long, without the earliest of its history. */
export function renderJournal(document: JournalDocument): string {
	const text = render(document);
	let kept = document;
	let excess = Buffer.byteLength(text) - MAX_BYTES;
	while (excess > 0 || kept.promotions.length > MAX_PROMOTIONS) {
		const shorter = shorten(kept);
		if (shorter === null) break;
		excess -= lengthOfLinesBetween(kept, shorter);
		kept = shorter;
	}
	return kept === document ? text : render(kept);
}

function render(document: JournalDocument): string {
	const members = Object.entries(document).map(([key, value]) => ` ${JSON.stringify(key)}: ${renderMember(value)}`);
	return `{\n${members.join(',\n')}\n}\n`;
}

function renderMember(value: unknown): string {
	if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
	return `[\n${value.map(lineOf).join(',\n')}\n ]`;
}

function lineOf(item: unknown): string {
	return `  ${JSON.stringify(item)}`;
}

/** Of the lines that a shorter document has no more, in bytes. */
function lengthOfLinesBetween(longer: JournalDocument, shorter: JournalDocument): number {
	const kept = new Set<unknown>(listsOf(shorter));
	const gone = listsOf(longer).filter((item) => !kept.has(item));
	return gone.reduce<number>((sum, item) => sum + Buffer.byteLength(lineOf(item)), 0);
}

function listsOf(document: JournalDocument): unknown[] {
	return Object.values(document).flatMap((value: unknown) => (Array.isArray(value) ? value : []));
}

/**
 * One step: what the earliest finished promotion wrote goes first, since only people read that; then promotions themselves, with the
 * releases that nothing speaks of any more. The latest of both stay, since numbers never come twice. Null where nothing may go.
 */
function shorten(document: JournalDocument): JournalDocument | null {
	const { promotions, entries } = document;
	const old = promotions.slice(0, -1).filter(({ finished }) => finished);
	const explained = new Set(promotions.slice(-EXPLAINED_PROMOTIONS).map(({ id }) => id));
	const written = new Set(entries.map(({ promotion }) => promotion));
	const silenced = old.find(({ id }) => written.has(id) && !explained.has(id));
	if (silenced && promotions.length <= MAX_PROMOTIONS)
		return { ...document, entries: entries.filter(({ promotion }) => promotion !== silenced.id) };
	const gone = old[0]?.id;
	return gone === undefined ? null : withoutPromotion(document, gone);
}

function withoutPromotion(document: JournalDocument, gone: number): JournalDocument {
	const promotions = document.promotions.filter(({ id }) => id !== gone);
	const needed = new Set([
		...Object.values(document.slots),
		...promotions.flatMap(({ from, to }) => [from?.release.number, to.release.number]),
		document.releases.at(-1)?.number,
	]);
	const releases = document.releases.filter(({ number }) => needed.has(number));
	return {
		...document,
		releases,
		promotions,
		entries: document.entries.filter(({ promotion }) => promotion !== gone),
		aborts: document.aborts.filter(({ promotion }) => promotion !== gone),
		plans: document.plans.filter(({ release }) => needed.has(release)),
	};
}

/**
 * @param text null: it was never written
 * @param place the object, for messages
 * @throws FlowferryError STATE_UNUSABLE where it is damaged, or written by a later version of flowferry
 */
export function parseJournal(text: string | null, place: string): JournalDocument {
	if (text === null) return emptyJournal;
	const value = parseJson(text, place);
	const format = isRecord(value) ? value.format : undefined;
	if (typeof format === 'number' && format > 1)
		throw unusable(
			place,
			`it has format ${format}, and this version of flowferry knows format 1`,
			'use the version of flowferry that last promoted to the environment, or a later one',
		);
	const problem = isRecord(value) && format === 1 ? findProblem(value) : '`format` must be 1';
	if (problem !== null) throw damaged(place, problem);
	return value as unknown as JournalDocument;
}

/** For who looks again and again, as a watch does: a text is parsed once. @throws as `parseJournal` */
export function journalReader(place: string): (text: string | null) => JournalDocument {
	let last: { text: string | null; document: JournalDocument } | undefined;
	return (text) => {
		if (last?.text !== text) last = { text, document: parseJournal(text, place) };
		return last.document;
	};
}

function parseJson(text: string, place: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		const fault = findJsonFault(text);
		throw damaged(place, fault ? `line ${fault.line}, column ${fault.column}: ${fault.problem}` : 'it is no JSON');
	}
}

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value);
const isSlot = (value: unknown) => value === null || slotNames.some((name) => name === value);
const isSide = (value: unknown) => isRecord(value) && isRecord(value.release) && isCount(value.release.number);
const isState = (value: unknown) => isRecord(value) && isText(value.kind);

/** What tells a damaged item of each list from a whole one. */
const lists: Record<string, (item: Record<string, unknown>) => boolean> = {
	releases: ({ number, snapshot, created }) => isCount(number) && isText(snapshot) && isText(created),
	promotions: ({ id, kind, from, to, state, finished }) =>
		isCount(id) && isText(kind) && (from === null || isSide(from)) && isSide(to) && isState(state) && typeof finished === 'boolean',
	entries: ({ promotion, time, state }) => isCount(promotion) && isText(time) && isState(state),
	aborts: ({ promotion, by }) => isCount(promotion) && isText(by),
	plans: ({ release, configuration }) => isCount(release) && isRecord(configuration),
};

function findProblem(value: Record<string, unknown>): string | null {
	const { servingSlot, slots, failoverPause } = value;
	if (!isSlot(servingSlot)) return '`servingSlot` is no slot';
	for (const name of slotNames) {
		const held = isRecord(slots) ? slots[name] : undefined;
		if (held !== null && !isCount(held)) return `\`slots.${name}\` is no release's number`;
	}
	if (failoverPause !== null && !isRecord(failoverPause)) return '`failoverPause` is no pause';
	for (const [key, isWhole] of Object.entries(lists)) {
		const items = value[key];
		if (!Array.isArray(items)) return `\`${key}\` is no list`;
		const broken = items.findIndex((item) => !isRecord(item) || !isWhole(item));
		if (broken !== -1) return `\`${key}[${broken}]\` is not as flowferry writes it`;
	}
	const numbers = new Set((value.releases as { number: number }[]).map(({ number }) => number));
	const lost = Object.entries(slots as Record<string, number | null>).find(([, held]) => held !== null && !numbers.has(held));
	return lost ? `\`slots.${lost[0]}\` has release ${lost[1]}, which is not among \`releases\`` : null;
}

function damaged(place: string, problem: string) {
	return unusable(
		place,
		problem,
		'put back what it said (`kubectl get --show-managed-fields` tells who changed it last); where nobody knows, delete it and the StatefulSets of both slots, and promote the snapshot that is to serve (`flowferry snapshot list`)',
	);
}
