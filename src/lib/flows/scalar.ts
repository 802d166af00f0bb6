/**
 * A property as a number, as Node-RED reads settings that the editor keeps as text; NaN for what is no text, number or boolean.
 * JSON may hold objects whose own `toString` is no function, on which `Number` and `String` throw.
 */
export function toNumber(value: unknown): number {
	return isScalar(value) ? Number(value) : Number.NaN;
}

/** A property as text; empty for what is no text, number or boolean. */
export function toText(value: unknown): string {
	return isScalar(value) ? String(value) : '';
}

function isScalar(value: unknown): value is string | number | boolean {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
