/** Where JSON text breaks, counted from 1 as editors do. */
export interface JsonFault {
	line: number;
	column: number;
	/** `expected a comma or ]`. */
	problem: string;
}

const string = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const literal = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`;
const token = new RegExp(String.raw`[ \t\n\r]*(?:(${string})|(${literal})|([[\]{},:]))`, 'y');

/** After each kind of token, what may follow; the names double as the words of the message. */
type Expected = 'a value' | 'a value or ]' | 'a key in double quotes' | 'a key in double quotes or }' | 'a colon' | 'a comma or the end';

/**
 * Finds the first place where text stops being JSON; null where it is JSON.
 * The engine's own messages name no place for short or truncated texts, and quote the text, which may hold secrets.
 */
export function findJsonFault(text: string): JsonFault | null {
	const open: ('[' | '{')[] = [];
	let expected: Expected = 'a value';
	let done = false;
	let offset = 0;
	while (true) {
		token.lastIndex = offset;
		const match = token.exec(text);
		if (!match) break;
		const [whole, string, literal, mark] = match;
		const next: Expected | null = step(expected, string, literal, mark, open, done);
		if (next === null) break;
		offset += whole.length;
		expected = next;
		done = open.length === 0;
	}
	const rest = /[ \t\n\r]*/y;
	rest.lastIndex = offset;
	const at = offset + (rest.exec(text)?.[0].length ?? 0);
	if (at === text.length && done) return null;
	return { ...placeOf(text, at), problem: describe(expected, open, at === text.length, done) };
}

function step(
	expected: Expected,
	string: string | undefined,
	literal: string | undefined,
	mark: string | undefined,
	open: ('[' | '{')[],
	done: boolean,
): Expected | null {
	if (done) return null;
	const wantsValue = expected === 'a value' || expected === 'a value or ]';
	const wantsKey = expected === 'a key in double quotes' || expected === 'a key in double quotes or }';
	if (string !== undefined && wantsKey) return 'a colon';
	if ((string !== undefined || literal !== undefined) && wantsValue) return 'a comma or the end';
	if (mark === ':' && expected === 'a colon') return 'a value';
	if (mark === ',' && expected === 'a comma or the end' && open.length > 0)
		return open.at(-1) === '[' ? 'a value' : 'a key in double quotes';
	if ((mark === '[' || mark === '{') && wantsValue) {
		open.push(mark);
		return mark === '[' ? 'a value or ]' : 'a key in double quotes or }';
	}
	const closesArray = mark === ']' && open.at(-1) === '[' && (expected === 'a value or ]' || expected === 'a comma or the end');
	const closesObject =
		mark === '}' && open.at(-1) === '{' && (expected === 'a key in double quotes or }' || expected === 'a comma or the end');
	if (!closesArray && !closesObject) return null;
	open.pop();
	return 'a comma or the end';
}

function describe(expected: Expected, open: ('[' | '{')[], atEnd: boolean, done: boolean): string {
	if (done) return 'text after the end of the JSON';
	const innermost = open.at(-1);
	const wanted = expected === 'a comma or the end' && innermost ? `a comma or ${innermost === '[' ? ']' : '}'}` : expected;
	return atEnd ? `the text ends where ${wanted} should follow` : `expected ${wanted}`;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
	let line = 1;
	let lineStart = 0;
	for (let newline = text.indexOf('\n'); newline !== -1 && newline < offset; newline = text.indexOf('\n', newline + 1)) {
		line++;
		lineStart = newline + 1;
	}
	return { line, column: offset - lineStart + 1 };
}
