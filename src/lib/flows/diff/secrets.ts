import { holdsKey, holdsUserInfo, looksSecret, namesSecret } from '../literal-secrets.ts';

/** What stands in a secret's place. */
export const CONCEALED = '•••';

/** Properties that name what stands beside them: `{ name, value }`, `{ p, to }`, `{ keyValue, valueValue }`. */
const NAMING = new Set(['name', 'p', 'prop', 'property', 'key', 'keyValue', 'header', 'h']);
const VALUES = new Set(['value', 'v', 'to', 'val', 'valueValue', 'default', 'payload']);

/** `msg.headers.Authorization` is about what its last part says. */
function namesOne(name: unknown): boolean {
	return typeof name === 'string' && namesSecret(name.split(/[.[\]'"\s]+/).findLast((part) => part !== '') ?? '');
}

/** A value that is read from elsewhere when the flows run is no secret. */
function isReference(text: string): boolean {
	return text === '' || /^\$\{[^}]*\}$/.test(text);
}

/**
 * Whether a text is a secret as a whole: by its property's name, by what stands beside it, or by its look. Rather one too many: what
 * is shown may end in a ticket.
 * @param beside the object that the text is a property of
 */
export function isSecret(key: string, text: string, beside: Readonly<Record<string, unknown>>): boolean {
	if (isReference(text)) return false;
	if (namesSecret(key) || holdsUserInfo(text) || holdsKey(text)) return true;
	// A node's own name says what it is about, not what its properties hold.
	if (typeof beside.type === 'string' && typeof beside.id === 'string') return false;
	const named = Object.entries(beside).some(([other, name]) => other !== key && NAMING.has(other) && namesOne(name));
	return named && (VALUES.has(key) || looksSecret(text));
}

/**
 * A name, a sign, and a text: in quotes of any kind or, as in a header or a query, without. Both begin where a word does: a line may
 * be a picture in base64, on which every other beginning would cost its whole length again.
 */
const ASSIGNED = /(?<![\w$-])([\w$-]+)(\\?["'`]?\s*[:=]\s*)(\\?["'`]?)((?:Bearer |Basic |Token )?[^\s"'`\\,;&)}\]]+)/gi;
const URL_TEXT = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s"'`\\<>]+/gi;

/** A line of text or code with the secrets in it taken out; the rest stays readable. */
export function concealIn(line: string): string {
	return line
		.replace(URL_TEXT, (url) => (holdsUserInfo(url) || holdsKey(url) ? CONCEALED : url))
		.replace(ASSIGNED, (whole, name: string, sign: string, quote: string, value: string) =>
			namesSecret(name) && looksSecret(value) ? `${name}${sign}${quote}${CONCEALED}` : whole,
		);
}

/** A value with the secrets in it taken out, at every depth. */
export function conceal(key: string, value: unknown, beside: Readonly<Record<string, unknown>>): unknown {
	if (typeof value === 'string') return isSecret(key, value, beside) ? CONCEALED : value.split('\n').map(concealIn).join('\n');
	if (Array.isArray(value)) return value.map((item) => conceal(key, item, beside));
	if (typeof value !== 'object' || value === null) return value;
	const own = value as Record<string, unknown>;
	return Object.fromEntries(Object.entries(own).map(([name, item]) => [name, conceal(name, item, own)]));
}
