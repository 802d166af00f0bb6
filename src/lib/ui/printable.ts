/** Texts come from files and from other machines: a line break or an escape sequence in one must not reach the terminal. */
export function printable(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ');
}

/** The same for a text that has lines of its own. */
export function printableLines(text: string): string {
	return text.split('\n').map(printable).join('\n');
}

/** `1 node`, `2 nodes`; `2 crashes`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
	return `${amount} ${amount === 1 ? noun : plural}`;
}
