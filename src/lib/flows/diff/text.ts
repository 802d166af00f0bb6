import { structuredPatch } from 'diff';
import { CONCEALED, concealIn } from './secrets.ts';
import type { Hunk, HunkLine } from './snapshot-diff.ts';

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** Texts that differ in more lines than this have nothing in common worth the time: all of the one goes, all of the other comes. */
const MOST_EDITS = 2_000;

/** Lines of each text, from 1, that hold a secret which their words alone do not give away. */
export interface SecretLines {
	before: ReadonlySet<number>;
	after: ReadonlySet<number>;
}

const NONE: SecretLines = { before: new Set(), after: new Set() };

/** What differs between two texts, by lines; an empty text has none. */
export function diffLines(before: string, after: string, secret: SecretLines = NONE): Hunk[] {
	const hunks = patchOf(before, after) ?? [{ oldStart: 1, newStart: 1, lines: [...marked('-', before), ...marked('+', after)] }];
	return hunks.map(({ oldStart, newStart, lines }) => {
		const at = { before: oldStart, after: newStart };
		return { beforeLine: oldStart, afterLine: newStart, lines: lines.map((line) => lineOf(line, at, secret)) };
	});
}

/** With a line break at the end of both, so that the end of the text is no matter of its own. */
function patchOf(before: string, after: string) {
	return structuredPatch('', '', ended(before), ended(after), '', '', { context: CONTEXT, maxEditLength: MOST_EDITS })?.hunks;
}

function ended(text: string): string {
	return text === '' ? '' : `${text}\n`;
}

function marked(mark: '-' | '+', text: string): string[] {
	return text === '' ? [] : text.split('\n').map((line) => mark + line);
}

const KINDS: Record<string, HunkLine['kind']> = { '-': 'removed', '+': 'added' };

function lineOf(line: string, at: { before: number; after: number }, secret: SecretLines): HunkLine {
	const kind = KINDS[line[0] ?? ''] ?? 'same';
	const isHidden = kind === 'removed' ? secret.before.has(at.before) : secret.after.has(at.after);
	if (kind !== 'added') at.before++;
	if (kind !== 'removed') at.after++;
	const shown = concealIn(line.slice(1));
	// What the words gave away is concealed already; else only the code's syntax tells where the secret stands.
	return { kind, text: isHidden && !shown.includes(CONCEALED) ? CONCEALED : shown };
}
