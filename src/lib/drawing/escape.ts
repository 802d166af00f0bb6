/** What HTML would read as markup or as the end of an attribute, and the backtick, which old browsers take for a quote. */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/**
 * Text for an element or for a quoted attribute, in HTML and in SVG inside it. Whatever a flow file holds comes out as
 * text: markup as entities; characters that no HTML may hold, and halves of surrogate pairs, as U+FFFD.
 */
export function escapeHtml(text: string): string {
	return text
		.toWellFormed()
		.replace(/[&<>"'`]/g, (character) => entities[character] as string)
		.replace(/(?![\t\n\r])[\p{Cc}\u2028\u2029\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** Cuts long text at a number of characters; never inside a surrogate pair. */
export function shorten(text: string, limit: number): string {
	if (text.length <= limit) return text;
	return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A property of a node as text; objects and what is missing as nothing. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A number for an SVG attribute, to a hundredth of a pixel. */
export function pixels(value: number): string {
	return String(Math.round(value * 100) / 100);
}
