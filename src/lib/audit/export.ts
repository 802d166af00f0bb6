import type { AuditEntry } from './audit-log.ts';

/** Formats of an exported audit. Pure: entries → text. */

export const auditFormats = ['text', 'jsonl', 'csv'] as const;

/** An entry to a line, whole: what `--verify` looks at is all there. */
export function renderAuditLines(entries: readonly AuditEntry[]): string {
	return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

const columns: Record<string, (entry: AuditEntry) => string | number | null> = {
	sequence: ({ sequence }) => sequence,
	time: ({ time }) => time,
	action: ({ action }) => action,
	event: ({ event }) => event.kind,
	ends: ({ event }) => (event.kind === 'ended' ? event.begun : null),
	outcome: ({ event }) => (event.kind === 'ended' ? event.outcome : null),
	code: ({ event }) => ('code' in event ? event.code : null),
	reason: ({ event }) => ('reason' in event ? event.reason : null),
	identity: ({ who }) => who.identity,
	identity_source: ({ who }) => who.source,
	operator: ({ who }) => who.operator,
	job: ({ who }) => who.job,
	snapshot: ({ subject }) => subject.snapshot,
	release: ({ subject }) => subject.release,
	plan: ({ subject }) => subject.plan,
	override: ({ subject }) => subject.override,
	hash: ({ hash }) => hash,
};

/** RFC 4180, with a line of headings. */
export function renderAuditCsv(entries: readonly AuditEntry[]): string {
	const rows = [Object.keys(columns), ...entries.map((entry) => Object.values(columns).map((column) => column(entry)))];
	return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes a text that begins like this for a formula, and would run it; behind an apostrophe it stays a text. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;

function cell(value: string | number | null): string {
	if (value === null) return '';
	const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
