import { canonicalJson } from '../canonical.ts';
import { languageOf } from './language.ts';
import type { Names } from './names.ts';
import { conceal, isSecret } from './secrets.ts';
import type { PropertyChange } from './snapshot-diff.ts';
import { diffLines, type SecretLines } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One place in two nodes; `undefined` stands for nothing, which JSON has no other use for. */
interface Place {
	/** From the node on: `rules[1].to`. */
	path: string;
	/** Its last part: `to`. */
	key: string;
	before: unknown;
	after: unknown;
	/** The objects that it is a property of. */
	beside: { before: Fields; after: Fields };
}

/** What a comparison of values has to know of the two nodes. */
export interface ValueSetting {
	names: { before: Names; after: Names };
	secretLines(property: string): SecretLines;
}

/** What differs in one property of two nodes, as deep down as it can be told; never empty where the values differ. */
export function diffProperty(key: string, before: Fields, after: Fields, setting: ValueSetting): PropertyChange[] {
	const value = (fields: Fields) => (Object.hasOwn(fields, key) ? fields[key] : undefined);
	const place = { path: pathOf('', key), key, before: value(before), after: value(after), beside: { before, after } };
	const changes = descend(place, setting);
	return changes.length > 0 ? changes : [diffWhole(place)];
}

function descend(place: Place, setting: ValueSetting): PropertyChange[] {
	const { before, after, path, key } = place;
	if (textOf(before) === textOf(after)) return [];
	if (before === undefined && isLong(after)) return descend({ ...place, before: emptyLike(after) }, setting);
	if (after === undefined && isLong(before)) return descend({ ...place, after: emptyLike(before) }, setting);
	if (Array.isArray(before) && Array.isArray(after)) return diffLists(place, before, after, setting);
	if (isFields(before) && isFields(after)) {
		const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
		return keys.flatMap((name) => {
			const value = (fields: Fields) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
			const beside = { before, after };
			return descend({ path: pathOf(path, name), key: name, before: value(before), after: value(after), beside }, setting);
		});
	}
	if (isHidden(before, key, place.beside.before) || isHidden(after, key, place.beside.after)) return [secretChange(place)];
	return [diffText(place, setting) ?? diffReference(place, setting) ?? diffWhole(place)];
}

/** Variables by their name; other lists by position, once what is the same at both ends has been put aside. */
function diffLists(place: Place, before: readonly unknown[], after: readonly unknown[], setting: ValueSetting): PropertyChange[] {
	const { path, key, beside } = place;
	const [earlier, later] = key === 'env' ? [byName(before), byName(after)] : [null, null];
	if (earlier && later)
		return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((name) =>
			descend({ path: pathOf(path, name), key: name, before: earlier.get(name), after: later.get(name), beside }, setting),
		);
	const [old, next] = [before.map(textOf), after.map(textOf)];
	const shorter = Math.min(old.length, next.length);
	let head = 0;
	while (head < shorter && old[head] === next[head]) head++;
	let tail = 0;
	while (tail < shorter - head && old.at(-1 - tail) === next.at(-1 - tail)) tail++;
	const length = Math.max(old.length, next.length) - tail;
	return Array.from({ length: length - head }, (_, offset) => head + offset).flatMap((index) => {
		const item = (list: readonly unknown[]) => (index < list.length - tail ? list[index] : undefined);
		return descend({ path: `${path}[${index}]`, key, before: item(before), after: item(after), beside }, setting);
	});
}

function byName(list: readonly unknown[]): Map<string, unknown> | null {
	const named = new Map<string, unknown>();
	for (const entry of list) {
		if (!isFields(entry) || typeof entry.name !== 'string' || named.has(entry.name)) return null;
		named.set(entry.name, entry);
	}
	return named;
}

function diffText({ path, key, before, after, beside }: Place, { secretLines }: ValueSetting): PropertyChange | null {
	if (!(isTextOrNothing(before) && isTextOrNothing(after))) return null;
	const language = languageOf(key, after === undefined ? beside.before : beside.after);
	if (language === null && !before?.includes('\n') && !after?.includes('\n')) return null;
	const hunks = diffLines(before ?? '', after ?? '', secretLines(key));
	return hunks.length === 0 ? null : { kind: 'text', property: path, language: language ?? 'text', hunks };
}

function diffReference({ path, before, after }: Place, { names }: ValueSetting): PropertyChange | null {
	if (!(isTextOrNothing(before) && isTextOrNothing(after))) return null;
	if (!((before && names.before.has(before)) || (after && names.after.has(after)))) return null;
	return {
		kind: 'reference',
		property: path,
		before: before ? names.before.of(before) : null,
		after: after ? names.after.of(after) : null,
	};
}

function diffWhole(place: Place): PropertyChange {
	const { path, key, beside } = place;
	const before = conceal(key, place.before, beside.before);
	const after = conceal(key, place.after, beside.after);
	if (before !== undefined && textOf(before) === textOf(after)) return secretChange(place);
	return { kind: 'value', property: path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function secretChange({ path, before, after }: Place): PropertyChange {
	const change = isNothing(before) ? 'added' : isNothing(after) ? 'removed' : 'changed';
	return { kind: 'secret', property: path, change };
}

/** Characters of JSON that can be read in one line; a list or an object with more is told part by part. */
const READABLE = 120;

function isLong(value: unknown): value is object {
	return typeof value === 'object' && value !== null && JSON.stringify(value).length > READABLE;
}

function emptyLike(value: object): object {
	return Array.isArray(value) ? [] : {};
}

function isHidden(value: unknown, key: string, beside: Fields): boolean {
	return typeof value === 'string' && isSecret(key, value, beside);
}

function isNothing(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

function isTextOrNothing(value: unknown): value is string | undefined {
	return value === undefined || typeof value === 'string';
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
	return value === undefined ? undefined : canonicalJson(value);
}

function pathOf(path: string, key: string): string {
	if (!/^[\w$ -]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
	return path === '' ? key : `${path}.${key}`;
}
