import { readFile } from 'node:fs/promises';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { isRecord } from '../flows/is-record.ts';

/** The object in a JSON file, or undefined where there is no such file. @throws FlowferryError USER_DIR_UNREADABLE */
export async function readJsonObject(path: string): Promise<Record<string, unknown> | undefined> {
	const text = await readIfThere(path);
	if (text === undefined) return undefined;
	const value = parseJsonObject(text);
	if (value !== undefined) return value;
	throw new FlowferryError({
		code: 'USER_DIR_UNREADABLE',
		message: `${path} does not hold a JSON object`,
		hint: 'Restore it from its backup beside it, or start Node-RED once: it writes its own files anew.',
	});
}

/** The object that a text holds, undefined where it holds none. Editors on Windows put a mark before it. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** A file's text, or undefined where there is no such file. @throws FlowferryError USER_DIR_UNREADABLE */
export async function readIfThere(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		throw new FlowferryError({
			code: 'USER_DIR_UNREADABLE',
			message: `${path} cannot be read (${code})`,
			hint: 'Check its permissions, or run as the user that Node-RED runs as.',
			cause: error,
		});
	}
}
