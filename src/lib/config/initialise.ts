import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { renderJsonSchema } from './json-schema.ts';
import { parseConfig } from './load.ts';
import type { Environment } from './references.ts';
import type { Starter } from './starter.ts';
import { renderStarter, SCHEMA_FILE } from './starter.ts';

/** What was written; paths are absolute. */
export interface Initialised {
	path: string;
	written: string[];
}

/**
 * Writes a first configuration, the schema that editors check it by, and, inside a git repository, what git is to ignore.
 * @throws FlowferryError CONFIG_EXISTS; CONFIG_INVALID where the starter is not valid, with nothing written; CONFIG_NOT_WRITTEN
 */
export async function initialise(path: string, starter: Starter, force: boolean, env: Environment): Promise<Initialised> {
	const absolute = resolve(path);
	const folder = dirname(absolute);
	if (!force) refuseExisting(path);
	const text = renderStarter(starter);
	parseConfig(text, path, env);

	const schema = join(folder, SCHEMA_FILE);
	try {
		await mkdir(dirname(schema), { recursive: true });
		await writeFile(schema, renderJsonSchema());
		// `wx` also refuses a file that came in the meantime.
		await writeFile(absolute, text, { flag: force ? 'w' : 'wx' });
		const ignore = await ignoreState(folder);
		return { path: absolute, written: [absolute, schema, ...(ignore === undefined ? [] : [ignore])] };
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EEXIST' && !force) throw exists(path);
		throw new FlowferryError({
			code: 'CONFIG_NOT_WRITTEN',
			message: `The configuration could not be written in ${folder} (${code})`,
			hint: 'Check the folder, its permissions and the room on its disk, or name another file with --config.',
			cause: error,
		});
	}
}

/** To be asked before a person is asked anything. @throws FlowferryError CONFIG_EXISTS */
export function refuseExisting(path: string): void {
	if (existsSync(resolve(path))) throw exists(path);
}

function exists(path: string): FlowferryError {
	return new FlowferryError({
		code: 'CONFIG_EXISTS',
		message: `There is a configuration already: ${path}`,
		hint: 'Edit that one, or write it anew with --force.',
	});
}

/** Adds `.flowferry/` to .gitignore where the folder is in a git repository; returns the file if it was changed. */
async function ignoreState(folder: string): Promise<string | undefined> {
	if (!isInRepository(folder)) return undefined;
	const file = join(folder, '.gitignore');
	const text = existsSync(file) ? await readFile(file, 'utf8') : '';
	if (text.split(/\r?\n/).some((line) => /^\/?\.flowferry\/?\s*$/.test(line))) return undefined;
	await writeFile(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.flowferry/\n`);
	return file;
}

function isInRepository(folder: string): boolean {
	for (let current = folder; ; current = dirname(current)) {
		if (existsSync(join(current, '.git'))) return true;
		if (dirname(current) === current) return false;
	}
}
