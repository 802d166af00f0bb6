/** What XML 1.0 cannot hold, not even escaped: most control characters, lone surrogates, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	// A parser would take these in an attribute for spaces.
	'\t': '&#9;',
	'\n': '&#10;',
	'\r': '&#13;',
};

/** An element with its attributes; those that are null are left out. `content` is XML already. */
export function element(name: string, attributes: Record<string, string | number | null>, content: string[] = []): string {
	const head = Object.entries(attributes)
		.filter(([, value]) => value !== null)
		.map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
	if (content.length === 0) return `<${name}${head.join('')}/>`;
	return `<${name}${head.join('')}>${content.join('')}</${name}>`;
}

/** Text for an element or an attribute. What XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
	return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] as string);
}

export const XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n';
