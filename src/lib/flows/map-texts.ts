/**
 * A value of JSON with every text in it changed; numbers, keys and all else stay.
 * @param change gets the key under which the text stands, that of its list where it is in one
 */
export function mapTexts(value: unknown, change: (text: string, key: string) => string, key = ''): unknown {
	if (typeof value === 'string') return change(value, key);
	if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, key));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, name)]));
}
