import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { readSettingsText } from '../flows/settings-text.ts';
import { readIfThere, readJsonObject } from './read-json.ts';

const PROJECTS = 'projects';

export interface FlowFile {
	/** Absolute. */
	path: string;
	/** Where it belongs to one of Node-RED's projects. */
	project: NodeRedProject | null;
	warnings: string[];
}

export interface NodeRedProject {
	/** As `.config.projects.json` calls it. */
	name: string;
	/** Absolute. */
	folder: string;
}

/**
 * The flow file of a user directory, where Node-RED 4 and 5 would find it, as far as can be told without running settings.js:
 * the configured one; the active project's; the one that settings.js names in plain text; Node-RED's defaults; the only candidate.
 * @throws FlowferryError USER_DIR_MISSING, FLOW_FILE_MISSING, FLOW_FILE_AMBIGUOUS, USER_DIR_UNREADABLE
 */
export async function findFlowFile(userDir: string, configured: string | undefined, hostname: string): Promise<FlowFile> {
	const { path, warnings } = await findPath(userDir, configured, hostname);
	return { path, project: projectOf(userDir, path), warnings };
}

/** Node-RED keeps each project in a folder of its own. */
function projectOf(userDir: string, flowFile: string): NodeRedProject | null {
	const [folder, name, ...rest] = relative(userDir, flowFile).split(sep);
	return folder === PROJECTS && name !== undefined && rest.length > 0 ? { name, folder: join(userDir, PROJECTS, name) } : null;
}

async function findPath(userDir: string, configured: string | undefined, hostname: string): Promise<Omit<FlowFile, 'project'>> {
	const names = await listFolder(userDir);
	if (configured !== undefined) return { path: configuredFile(userDir, configured), warnings: [] };

	const candidates = names.filter((name) => /^flows.*\.json$/.test(name) && !/_cred\.json$/.test(name)).sort();
	const project = await activeProjectFile(userDir);
	if (project !== undefined) {
		const ignored = candidates.map((name) => `${name} in ${userDir} is left aside: the flows are those of the active project, ${project}`);
		return { path: project, warnings: ignored };
	}

	const setting = await settingsFlowFile(userDir);
	const warnings = setting.state === 'computed' ? [computedWarning(userDir)] : [];
	const named = setting.state === 'literal' ? [setting.flowFile] : [];
	const byHost = `flows_${hostname}.json`;
	// Node-RED's own default is the host's name; the settings.js that it ships names flows.json.
	const defaults = setting.state === 'unset' ? [byHost, 'flows.json'] : ['flows.json', byHost];
	for (const name of [...named, ...defaults]) {
		const path = resolve(userDir, name);
		if (existsSync(path)) return { path, warnings };
	}
	if (candidates.length === 1) return { path: join(userDir, candidates[0]!), warnings };
	if (candidates.length === 0) throw missing(`${userDir} has no flow file`, 'Deploy once in the editor, or name it: dev.flowFile.');
	throw new FlowferryError({
		code: 'FLOW_FILE_AMBIGUOUS',
		message: `${userDir} has several flow files: ${candidates.join(', ')}`,
		hint: `Say which: \`flowFile: ${candidates[0]}\` under \`dev\`.`,
	});
}

async function listFolder(userDir: string): Promise<string[]> {
	try {
		return await readdir(userDir);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new FlowferryError({
			code: 'USER_DIR_MISSING',
			message: `The user directory ${userDir} cannot be read (${code})`,
			hint: "Set dev.userDir to the folder that Node-RED prints as 'User directory' when it starts.",
			cause: error,
		});
	}
}

function configuredFile(userDir: string, configured: string): string {
	const path = isAbsolute(configured) ? configured : join(userDir, configured);
	if (existsSync(path)) return path;
	throw missing(`There is no flow file ${path}`, "Correct dev.flowFile; Node-RED prints 'Flows file' when it starts.");
}

function missing(message: string, hint: string): FlowferryError {
	return new FlowferryError({ code: 'FLOW_FILE_MISSING', message, hint });
}

/** Node-RED keeps the active project's name in .config.projects.json, and the project its flow file's in its package.json. */
async function activeProjectFile(userDir: string): Promise<string | undefined> {
	const projects = await readJsonObject(join(userDir, '.config.projects.json'));
	if (typeof projects?.activeProject !== 'string' || projects.activeProject === '') return undefined;
	const folder = join(userDir, PROJECTS, projects.activeProject);
	const manifest = await readJsonObject(join(folder, 'package.json'));
	const settings = (manifest?.['node-red'] as { settings?: { flowFile?: unknown } } | undefined)?.settings;
	if (typeof settings?.flowFile !== 'string') return undefined;
	const path = join(folder, settings.flowFile);
	return existsSync(path) ? path : undefined;
}

type FlowFileSetting = { state: 'no settings' | 'unset' | 'computed' } | { state: 'literal'; flowFile: string };

/**
 * Settings are a program, and one that is not ours to run. What exports one object literal is read whole; of any other only a plain
 * `flowFile: 'name'` on a line of its own is understood.
 */
async function settingsFlowFile(userDir: string): Promise<FlowFileSetting> {
	const text = await readIfThere(join(userDir, 'settings.js'));
	if (text === undefined) return { state: 'no settings' };
	const settings = readSettingsText(text);
	if (settings) {
		const { flowFile } = settings;
		if (flowFile === undefined || flowFile === '') return { state: 'unset' };
		return typeof flowFile === 'string' ? { state: 'literal', flowFile } : { state: 'computed' };
	}
	const line = /^\s*(?:"flowFile"|'flowFile'|flowFile)\s*:\s*(.*)$/m.exec(text);
	if (line === null) return /[{,]\s*"?flowFile"?\s*:/.test(text) ? { state: 'computed' } : { state: 'unset' };
	const literal = /^(['"])([^'"\\]+)\1\s*(?:,|\}|\/\/|$)/.exec(line[1]!);
	return literal === null ? { state: 'computed' } : { state: 'literal', flowFile: literal[2]! };
}

function computedWarning(userDir: string): string {
	return `${join(userDir, 'settings.js')} sets flowFile in a way that cannot be read without running it; name the file as dev.flowFile`;
}
