import { createHmac } from 'node:crypto';
import { isAbsolute, relative } from 'node:path';
import type { NamedEnvironment } from '../config/environment-of.ts';
import { canonicalJson } from '../flows/canonical.ts';
import type { LintSection } from '../lint/settings.ts';

/** By path (`variables.BROKER`): a digest of the value, 32 hex digits. */
export type Digests = Record<string, string>;

/**
 * What is not compared: who may promote, and when, is asked at the promotion itself; the name and the place are those of the target,
 * whose key made the digests.
 */
const NOT_COMPARED: ReadonlySet<string> = new Set(['protected', 'name', 'directory']);

/** Folders and files, which are the same project's in whatever folder that was checked out. */
const PATHS: ReadonlySet<string> = new Set(['nodeRed', 'settings']);

/**
 * Everything in the configuration that decides a promotion, as digests under a key that stays with the target: a password can be
 * neither read nor, without the key, guessed from them. Pure.
 * @param folder the configuration's
 * @param settings the contents of the environment's settings file; null where it has none, or none that can be read
 */
export function digestConfiguration(
	environment: NamedEnvironment,
	lint: LintSection,
	key: Uint8Array,
	folder: string,
	settings: string | null,
): Digests {
	const own = Object.entries(environment).filter(([name]) => !NOT_COMPARED.has(name));
	const keys = own.map(([name, value]) => [name, PATHS.has(name) ? fromFolder(String(value ?? ''), folder) : value]);
	const contents = settings === null ? [] : [['settings (contents)', settings]];
	const leaves = leavesOf(Object.fromEntries([...keys, ['lint', lint], ...contents]), '');
	return Object.fromEntries(leaves.map(([path, value]) => [path, digest(key, canonicalJson([path, value]))]));
}

/** Says which target made digests, and tells nothing of its key. */
export function nameTarget(key: Uint8Array): string {
	return digest(key, 'target');
}

/** The paths whose values differ, in their order. Pure. */
export function changedPaths(before: Digests, after: Digests): string[] {
	const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
	return [...paths].filter((path) => before[path] !== after[path]).sort();
}

/** Every value that is no object, by its path; lists are one value. Pure. */
export function leavesOf(value: unknown, path: string): [path: string, value: unknown][] {
	if (value === undefined) return [];
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
	return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}

function fromFolder(path: string, folder: string): string {
	return isAbsolute(path) ? relative(folder, path) : path;
}

function digest(key: Uint8Array, text: string): string {
	return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}
