import { readFile } from 'node:fs/promises';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** The object in a JSON file, or undefined where there is no such file. @throws FlowferryError USER_DIR_UNREADABLE */
export async function readJsonObject(path: string): Promise<Record<string, unknown> | undefined> {
	const text = await readIfThere(path);
	if (text === undefined) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		value = undefined;
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw new FlowferryError({
		code: 'USER_DIR_UNREADABLE',
		message: `${path} does not hold a JSON object`,
		hint: 'Restore it from its backup beside it, or start Node-RED once: it writes its own files anew.',
	});
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
