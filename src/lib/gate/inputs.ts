import { glob, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { readTextInput } from '../adapters/text-input.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { parseFlows } from '../flows/parse.ts';
import type { GateInput } from '../lint/gate.ts';
import { findFlowFile } from '../node-red/flow-file.ts';
import { readPaletteBeside } from '../node-red/palette-beside.ts';
import { readJsonObject } from '../node-red/read-json.ts';

/** What names of inputs are relative to, and what is not to be read. */
export interface InputSetting {
	/** Where the command was given; absolute. */
	folder: string;
	/** What patterns of the settings are relative to; absolute. */
	settingsFolder: string;
	stdin: Readable;
	/** By the path from the settings' folder. */
	ignoresFile(path: string): boolean;
}

/** Flows that were named by path. */
export interface NamedInputs {
	inputs: GateInput[];
	/** Files that were named and that settings ignore. */
	ignored: string[];
}

/**
 * Reads what a command line names: flow files, folders that have one (a user directory, a project), patterns, and `-` for standard
 * input. Each file is read once, however often it is named.
 * @throws FlowferryError INPUT_NOT_FOUND, INPUT_NOT_READABLE, and what `findFlowFile` and `parseFlows` throw
 */
export async function readInputs(names: readonly string[], setting: InputSetting): Promise<NamedInputs> {
	const paths = new Set<string>();
	for (const name of names) for (const path of name === '-' ? ['-'] : await findFiles(name, setting.folder)) paths.add(path);
	const inputs: GateInput[] = [];
	const ignored: string[] = [];
	for (const path of paths) {
		const named = path === '-' ? { file: null, settingsPath: null } : namePaths(path, setting);
		if (named.settingsPath !== null && setting.ignoresFile(named.settingsPath)) {
			ignored.push(named.file);
			continue;
		}
		const { text, origin } = await readTextInput(path, setting.stdin, named.file ?? undefined);
		const palette = path === '-' ? null : await readPaletteBeside(path);
		inputs.push({ ...named, origin, text, flows: parseFlows(text, origin), palette, earlier: null });
	}
	return { inputs, ignored };
}

/** How reports name a file: from the folder of the command, or as it is where it lies elsewhere. */
export function namePaths(path: string, { folder, settingsFolder }: InputSetting): { file: string; settingsPath: string } {
	const inside = relative(folder, path);
	const file = inside.startsWith('..') || isAbsolute(inside) ? path : inside;
	return { file: slashed(file), settingsPath: slashed(relative(settingsFolder, path)) };
}

/** Absolute paths. */
async function findFiles(name: string, folder: string): Promise<string[]> {
	const path = resolve(folder, name);
	const kind = await stat(path).catch(() => undefined);
	if (kind?.isDirectory()) return [await flowFileOf(path, name)];
	if (kind || !/[*?[\]{}]/.test(name)) return [path];
	const found: string[] = [];
	for await (const match of glob(name, { cwd: folder, exclude: isNeverFlows })) {
		const each = resolve(folder, match);
		if ((await stat(each)).isFile()) found.push(each);
	}
	if (found.length > 0) return found.sort();
	throw new FlowferryError({
		code: 'INPUT_NOT_FOUND',
		message: `No file fits ${name}`,
		hint: 'Check the pattern: * stays in a folder, ** spans folders. node_modules and files that end in _cred.json are left out.',
	});
}

/** What no pattern means. */
function isNeverFlows(path: string): boolean {
	const name = path.split(/[/\\]/).at(-1) as string;
	return name === 'node_modules' || name === '.git' || name.endsWith('_cred.json');
}

/** A project names its flow file in its package.json; anything else is taken for a user directory. */
async function flowFileOf(folder: string, name: string): Promise<string> {
	const manifest = await readJsonObject(join(folder, 'package.json'));
	const project = (manifest?.['node-red'] as { settings?: { flowFile?: unknown } } | undefined)?.settings?.flowFile;
	if (typeof project === 'string') return join(folder, project);
	try {
		return (await findFlowFile(folder, undefined, hostname())).path;
	} catch (error) {
		if (!(error instanceof FlowferryError) || !error.code.startsWith('FLOW_FILE_')) throw error;
		throw new FlowferryError({
			code: error.code,
			message: error.message,
			hint: `Name the flow file itself: ${join(name, 'flows.json')}`,
			cause: error,
		});
	}
}

function slashed(path: string): string {
	return sep === '/' ? path : path.replaceAll(sep, '/');
}
