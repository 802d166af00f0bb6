import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** A text and where it came from, as messages name it. */
export interface TextInput {
	text: string;
	origin: string;
}

/**
 * Reads a file, or all of `stdin` where the path is `-`.
 * @param name how messages name the file
 * @throws FlowferryError INPUT_NOT_FOUND, INPUT_NOT_READABLE
 */
export async function readTextInput(path: string, stdin: Readable, name = path): Promise<TextInput> {
	if (path === '-') return { text: await readAll(stdin), origin: 'standard input' };
	try {
		return { text: await readFile(path, 'utf8'), origin: name };
	} catch (cause) {
		throw describeFault(name, cause as NodeJS.ErrnoException);
	}
}

async function readAll(stream: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks).toString('utf8');
}

const reasons: Record<string, [reason: string, hint: string]> = {
	EISDIR: ['it is a folder', 'Name the file in it, mostly flows.json.'],
	EACCES: ['permission denied', 'Give the user who runs flowferry the right to read it.'],
};

function describeFault(name: string, cause: NodeJS.ErrnoException): FlowferryError {
	if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
		return new FlowferryError({
			code: 'INPUT_NOT_FOUND',
			message: `There is no file ${name}`,
			hint: 'Check the path, or write - to read from standard input.',
			cause,
		});
	}
	const [reason, hint] = reasons[cause.code ?? ''] ?? [cause.message, 'Check the file and try again.'];
	return new FlowferryError({ code: 'INPUT_NOT_READABLE', message: `${name} cannot be read: ${reason}`, hint, cause });
}
