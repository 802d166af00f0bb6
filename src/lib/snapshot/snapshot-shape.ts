import { isRecord } from '../flows/is-record.ts';
import type { PaletteModule, Snapshot, SnapshotSource } from './snapshot.ts';

/**
 * What is wrong with the form of a snapshot that was read, as `palette is missing`; null where nothing is. Its flows, and whether its
 * content gives its id, are looked at elsewhere.
 */
export function findShapeFault(value: Record<string, unknown>): string | null {
	for (const [name, isRight] of Object.entries(FIELDS)) {
		if (value[name] === undefined && OPTIONAL.has(name)) continue;
		if (!isRight(value[name])) return value[name] === undefined ? `${name} is missing` : `${name} is not what it should be`;
	}
	return null;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);
const areTexts: Check = (value) => Array.isArray(value) && value.every(isText);

const isModule = (value: unknown): value is PaletteModule =>
	isRecord(value) && isText(value.name) && isText(value.version) && areTexts(value.types);

const isSource = (value: unknown): value is SnapshotSource =>
	isRecord(value) &&
	((value.kind === 'admin-api' && isText(value.url) && isText(value.rev)) ||
		(value.kind === 'user-dir' && isText(value.path) && isText(value.flowFile)) ||
		(value.kind === 'git' && [value.path, value.ref, value.commit, value.flowFile].every(isText)) ||
		(value.kind === 'environment' && isText(value.environment) && Number.isInteger(value.release) && isText(value.instance)));

/** By name, in the order in which they are written. */
const FIELDS: Record<Exclude<keyof Snapshot, 'content'> | 'palette' | 'nodeRed' | 'credentials', Check> = {
	id: (value) => isText(value) && /^[0-9a-f]{64}$/.test(value as string),
	palette: (value) => Array.isArray(value) && value.every(isModule),
	nodeRed: (value) => isRecord(value) && isText(value.version),
	credentials: (value) =>
		isRecord(value) && Object.values(value).every((mark) => isRecord(mark) && areTexts(mark.names) && isText(mark.mark)),
	source: isSource,
	author: isText,
	time: (value) => isText(value) && !Number.isNaN(Date.parse(value as string)),
	message: isText,
	runtime: (value) => isRecord(value) && isTextOrNull(value.node) && (value.settings === null || isRecord(value.settings)),
	sealed: isText,
};
const OPTIONAL = new Set(['credentials', 'runtime', 'sealed']);
