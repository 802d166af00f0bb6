import type { AuditEntry } from '../audit/audit-log.ts';
import { openEntries } from '../audit/settle.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** An audit for people: the earliest first. */
export function renderAudit(environment: string, entries: readonly AuditEntry[], theme: Theme): string {
	if (entries.length === 0) return `the audit of ${environment} has no such entries`;
	const open = new Set(openEntries(entries).map(({ sequence }) => sequence));
	return entries.flatMap((entry) => renderEntry(entry, open.has(entry.sequence), theme)).join('\n');
}

function renderEntry(entry: AuditEntry, isOpen: boolean, theme: Theme): string[] {
	const { sequence, time, action, who, event, subject } = entry;
	const { snapshot, release, plan, override } = subject;
	const about = [
		...(release === null ? [] : [`release ${release}`]),
		...(snapshot === null ? [] : [`snapshot ${shortId(snapshot)}`]),
		...(plan === null ? [] : [`plan ${shortId(plan)}`]),
	];
	const what = [theme.strong(action), ...about].join(' ');
	const lines = [`${String(sequence).padStart(4)}  ${time.slice(0, 19).replace('T', ' ')} UTC  ${what}  ${dress(event, isOpen, theme)}`];
	lines.push(`      ${theme.dim(printable(`${who.identity} (${who.source}), ${who.operator}${who.job === null ? '' : `, ${who.job}`}`))}`);
	if (override !== null) lines.push(`      ${theme.warning('override')} ${printable(override)}`);
	if ('reason' in event && event.reason) lines.push(`      ${printable(event.reason)}`);
	return lines;
}

function dress(event: AuditEntry['event'], isOpen: boolean, theme: Theme): string {
	switch (event.kind) {
		case 'begun':
			return isOpen ? theme.warning('begun; it has no end yet') : 'begun';
		case 'done':
			return theme.good('done');
		case 'refused':
			return theme.error(`refused: ${event.code}`);
		case 'ended': {
			const text = `${event.outcome}${event.code === null ? '' : `: ${event.code}`} (begun as ${event.begun})`;
			return event.outcome === 'done' ? theme.good(text) : theme.error(text);
		}
	}
}
