/** Where something stands in a text, counted from 1 as editors do. */
export interface Place {
	line: number;
	column: number;
}

/**
 * Where each node of a flow file stands: the place of its `"id"` value in the text. One pass, in time linear in the text.
 * Properties of nodes may hold objects with an `id` too: of several places for an id, the least deep one is the node's.
 * The text is JSON, a byte order mark apart.
 */
export function locateNodes(text: string): ReadonlyMap<string, Place> {
	const found = new Map<string, { depth: number; offset: number }>();
	const mark = /["{}[\]]/g;
	let depth = 0;
	for (let match = mark.exec(text); match; match = mark.exec(text)) {
		if (match[0] === '{' || match[0] === '[') depth++;
		else if (match[0] === '}' || match[0] === ']') depth--;
		else {
			const end = endOfString(text, match.index);
			mark.lastIndex = end;
			const value = end - match.index === 4 && text.startsWith('"id"', match.index) ? valueAfter(text, end) : null;
			if (value === null) continue;
			mark.lastIndex = value.end;
			const known = found.get(value.text);
			if (known === undefined || known.depth > depth) found.set(value.text, { depth, offset: value.start });
		}
	}
	return countLines(text, found);
}

/** The offset behind the closing quote of a string that begins at `start`. */
function endOfString(text: string, start: number): number {
	for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
		let backslashes = 0;
		while (text[quote - 1 - backslashes] === '\\') backslashes++;
		if (backslashes % 2 === 0) return quote + 1;
	}
	return text.length;
}

/** The string that is the value of a key which ends at `end`; null where that was no key or the value is no string. */
function valueAfter(text: string, end: number): { text: string; start: number; end: number } | null {
	const colon = /\s*:\s*(?=")/y;
	colon.lastIndex = end;
	if (!colon.test(text)) return null;
	const start = colon.lastIndex;
	const after = endOfString(text, start);
	return { text: JSON.parse(text.slice(start, after)), start, end: after };
}

function countLines(text: string, found: ReadonlyMap<string, { offset: number }>): Map<string, Place> {
	const places = new Map<string, Place>();
	const byOffset = [...found].sort(([, a], [, b]) => a.offset - b.offset);
	let line = 1;
	let lineStart = text.charCodeAt(0) === 0xfeff ? 1 : 0;
	let newline = text.indexOf('\n');
	for (const [id, { offset }] of byOffset) {
		while (newline !== -1 && newline < offset) {
			line++;
			lineStart = newline + 1;
			newline = text.indexOf('\n', lineStart);
		}
		places.set(id, { line, column: offset - lineStart + 1 });
	}
	return places;
}
