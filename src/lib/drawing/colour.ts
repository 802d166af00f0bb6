/** Names, #rgb to #rrggbbaa, and rgb(), rgba(), hsl(), hsla() of plain numbers: nothing that could name another resource. */
const colour = /^(?:[a-z]{3,24}|#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([\d.,%\s/]{1,60}\))$/i;

/** A colour out of a flow file, where it is one. */
export function colourOr<T>(value: unknown, otherwise: T): string | T {
	return typeof value === 'string' && colour.test(value) ? value : otherwise;
}

/** An opacity out of a flow file: a number from 0 to 1, or the digits of one. */
export function opacityOr<T>(value: unknown, otherwise: T): number | T {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && number >= 0 && number <= 1 ? number : otherwise;
}
