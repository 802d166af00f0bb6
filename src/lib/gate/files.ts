import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Mode } from '../flows/mode.ts';
import { type Baseline, parseBaseline } from '../lint/baseline.ts';

/** Writes a report or a baseline, and the folders above it. @throws FlowferryError OUTPUT_NOT_WRITTEN */
export async function writeOutput(path: string, text: string): Promise<void> {
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	} catch (cause) {
		throw notWritten(path, cause);
	}
}

/** Replaces a flow file, whole or not at all. @throws FlowferryError OUTPUT_NOT_WRITTEN */
export async function replaceFlowFile(path: string, text: string): Promise<void> {
	try {
		const { rewriteFile } = await import('../adapters/atomic-file.ts');
		await rewriteFile(path, text);
	} catch (cause) {
		throw notWritten(path, cause);
	}
}

function notWritten(path: string, cause: unknown): FlowferryError {
	return new FlowferryError({
		code: 'OUTPUT_NOT_WRITTEN',
		message: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
		hint: 'Check the folder, its permissions and the room on its disk.',
		cause,
	});
}

/** @throws FlowferryError BASELINE_MISSING, and what `parseBaseline` throws */
export async function readBaseline(path: string, mode: Mode): Promise<Baseline> {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		throw new FlowferryError({
			code: 'BASELINE_MISSING',
			message: code === 'ENOENT' ? `There is no baseline ${path}` : `The baseline ${path} cannot be read (${code})`,
			hint: 'Write one of what is found now with --update-baseline.',
			cause,
		});
	}
	return parseBaseline(text, path, mode);
}

/**
 * How a baseline names files: from its own folder, so that it means the same wherever the command is given.
 * @param folder what the reports' names are relative to
 * @param files that are judged; an entry of any other file can be told about only when that file is gone
 */
export function baselineNames(baseline: string, folder: string, files: readonly (string | null)[]) {
	const home = dirname(resolve(folder, baseline));
	const nameFile = (file: string | null): string | null => {
		if (file === null) return null;
		const path = relative(home, resolve(folder, file));
		return isAbsolute(path) || sep === '/' ? path : path.replaceAll(sep, '/');
	};
	const judged = new Set(files.map(nameFile));
	return {
		nameFile,
		judged: (file: string | null) => judged.has(file) || (file !== null && !existsSync(resolve(home, file))),
	};
}
