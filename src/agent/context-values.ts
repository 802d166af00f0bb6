import { types } from 'node:util';

/** Whether a context value can be carried into another process; where it can, about how large it is. */
export type Examined = { portable: true; bytes: number } | { portable: false; why: string };

/** Of an object or a number, beyond what it holds; about. */
const OVERHEAD_BYTES = 8;

/**
 * What survives `v8.serialize` as it is: plain values, arrays, objects, Map, Set, Date, RegExp, Error, Buffer and the typed
 * arrays, BigInt, undefined, cycles. A function or a promise cannot go; an instance of a class would arrive as a plain
 * object, without its methods, so it does not go either. The reason names no value and no key.
 */
export function examine(root: unknown): Examined {
	try {
		return examineAll(root);
	} catch {
		return { portable: false, why: 'cannot be read' };
	}
}

function examineAll(root: unknown): Examined {
	const seen = new Set<object>();
	// A stack of our own: context may be nested deeper than calls can be.
	const rest: unknown[] = [root];
	let bytes = 0;
	for (let isRoot = true; rest.length > 0; isRoot = false) {
		const value = rest.pop();
		const isObject = typeof value === 'object' && value !== null;
		if (isObject && seen.has(value)) continue;
		const why = isObject ? objectCannotGo(value) : plainCannotGo(value);
		if (why) return { portable: false, why: isRoot ? why : `holds ${why}` };
		bytes += sizeOf(value);
		if (!isObject) continue;
		seen.add(value);
		bytes += addParts(value, rest);
	}
	return { portable: true, bytes };
}

function plainCannotGo(value: unknown): string | null {
	if (typeof value === 'function') return 'a function';
	return typeof value === 'symbol' ? 'a symbol' : null;
}

/** Built-in kinds, by what they are and not by whose they are: function nodes have constructors of their own. */
const kinds: [names: RegExp, is: (object: object) => boolean][] = [
	[
		/^(Buffer|DataView|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/,
		(object) => ArrayBuffer.isView(object) && !types.isSharedArrayBuffer(object.buffer),
	],
	[/^ArrayBuffer$/, types.isArrayBuffer],
	[/^Array$/, Array.isArray],
	[/^Map$/, types.isMap],
	[/^Set$/, types.isSet],
	[/^Date$/, types.isDate],
	[/^RegExp$/, types.isRegExp],
];

function objectCannotGo(object: object): string | null {
	if (isOrdinary(object)) return null;
	if (types.isProxy(object)) return 'a proxy';
	if (Object.getOwnPropertySymbols(object).length > 0) return 'an object with symbols for keys';
	// Its message and stack would arrive; whatever else it has would not.
	if (types.isNativeError(object)) return Object.keys(object).length === 0 ? null : 'an error with properties of its own';
	const prototype = Object.getPrototypeOf(object) as object | null;
	const name = constructorName(prototype);
	for (const [names, is] of kinds) if (is(object)) return names.test(name) ? null : `an instance of ${name}`;
	// A plain object's prototype is the end of its chain, in whichever realm it was made.
	const isPlain = prototype === null || (Object.getPrototypeOf(prototype) === null && name === 'Object');
	return isPlain ? null : name === '' || name === 'Object' ? 'an instance of a class' : `an instance of ${name}`;
}

/** Most of what there is, known at a glance. */
function isOrdinary(object: object): boolean {
	const prototype = Object.getPrototypeOf(object);
	return (
		(prototype === Object.prototype || prototype === Array.prototype) &&
		!types.isProxy(object) &&
		Object.getOwnPropertySymbols(object).length === 0
	);
}

/** @returns the size of the names of its properties */
function addParts(object: object, rest: unknown[]): number {
	if (types.isMap(object)) for (const [key, value] of object) rest.push(key, value);
	else if (types.isSet(object)) for (const value of object) rest.push(value);
	// Not by its indices: a list may have holes of any size.
	else if (Array.isArray(object)) for (const value of Object.values(object)) rest.push(value);
	else if (!ArrayBuffer.isView(object)) {
		let bytes = 0;
		for (const key of Object.keys(object)) {
			bytes += sizeOf(key);
			rest.push((object as Record<string, unknown>)[key]);
		}
		return bytes;
	}
	return 0;
}

function sizeOf(value: unknown): number {
	if (typeof value === 'string') return value.length + 2;
	if (typeof value === 'bigint') return OVERHEAD_BYTES + value.toString(16).length / 2;
	if (typeof value === 'object' && value !== null)
		return OVERHEAD_BYTES + (ArrayBuffer.isView(value) || types.isArrayBuffer(value) ? value.byteLength : 0);
	return OVERHEAD_BYTES;
}

function constructorName(prototype: object | null): string {
	const made: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
	return typeof made === 'function' ? made.name : '';
}
