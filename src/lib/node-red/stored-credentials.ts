import { existsSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { readSettingsText } from '../flows/settings-text.ts';
import type { FlowFile, NodeRedProject } from './flow-file.ts';
import { parseJsonObject, readIfThere, readJsonObject } from './read-json.ts';
import type { Credentials } from './sealed-credentials.ts';
import { isCredentials, openCredentials } from './sealed-credentials.ts';

/** A secret that a credentials file may be encrypted with, and where it was found. */
interface FoundSecret {
	text: string;
	place: string;
}

/**
 * The credentials that a user directory's Node-RED keeps beside its flows.
 * @param secret `dev.credentialSecret`; else it is looked for where Node-RED has it
 * @throws FlowferryError DEV_CREDENTIALS_UNREADABLE: nothing is taken rather than a part
 */
export async function readStoredCredentials(userDir: string, flowFile: FlowFile, secret: string | undefined): Promise<Credentials> {
	const file = await credentialsFile(userDir, flowFile);
	const text = await readIfThere(file);
	if (text === undefined) return {};
	const secrets = secret === undefined ? await findSecrets(userDir, flowFile.project) : [{ text: secret, place: 'dev.credentialSecret' }];
	return openCredentialsText(text, file, secrets);
}

/**
 * Credentials from the text of a credentials file, encrypted or not.
 * @param secrets tried one after the other
 * @throws FlowferryError DEV_CREDENTIALS_UNREADABLE
 */
export function openCredentialsText(text: string, file: string, secrets: readonly FoundSecret[]): Credentials {
	const content = parseJsonObject(text);
	if (!isCredentials(content) && !isSealed(content)) throw unreadable(file, 'it does not hold what Node-RED writes into it');
	if (!isSealed(content)) return content;
	for (const secret of secrets) {
		const credentials = openCredentials(content.$, secret.text);
		if (credentials) return credentials;
	}
	const places = secrets.map(({ place }) => place).join(', ');
	throw unreadable(
		file,
		secrets.length === 0 ? 'it is encrypted, and its secret was not found' : `it does not open with what was found in ${places}`,
	);
}

/**
 * The name of the credentials file that belongs to a flow file: what a project's package.json names, else Node-RED's own choice.
 * @param settings `node-red.settings` of a package.json
 */
export function credentialsFileName(flowFile: string, settings: { credentialsFile?: unknown } | undefined): string {
	if (typeof settings?.credentialsFile === 'string') return settings.credentialsFile;
	const { dir, name, ext } = parse(flowFile);
	return join(dir, `${name}_cred${ext}`);
}

async function credentialsFile(userDir: string, { path, project }: FlowFile): Promise<string> {
	if (project) {
		const manifest = await readJsonObject(join(project.folder, 'package.json'));
		const { settings } = (manifest?.['node-red'] ?? {}) as { settings?: { credentialsFile?: unknown } };
		const named = credentialsFileName(path, settings);
		return named.startsWith(project.folder) ? named : join(project.folder, named);
	}
	// Node-RED 4 looks in the user directory alone, 5 there first.
	const beside = credentialsFileName(path, undefined);
	const own = join(userDir, parse(beside).base);
	return existsSync(own) || dirname(path) === userDir ? own : beside;
}

/** Where Node-RED has the secret: of a project's file with the project; else in its settings, or one that it made up itself. */
async function findSecrets(userDir: string, project: NodeRedProject | null): Promise<FoundSecret[]> {
	if (project) {
		const file = join(userDir, '.config.projects.json');
		const { projects } = ((await readJsonObject(file)) ?? {}) as { projects?: Record<string, { credentialSecret?: unknown }> };
		return secretIn(projects?.[project.name]?.credentialSecret, file);
	}
	const settingsFile = join(userDir, 'settings.js');
	const settings = readSettingsText((await readIfThere(settingsFile)) ?? '');
	// While a made-up secret is there, the file is still encrypted with that one: Node-RED migrates at the next deploy.
	const runtimeFiles = ['.config.runtime.json', '.config.json'].map((name) => join(userDir, name));
	const madeUp: FoundSecret[] = [];
	for (const file of runtimeFiles) madeUp.push(...secretIn((await readJsonObject(file))?._credentialSecret, file));
	return [...secretIn(settings?.credentialSecret, settingsFile), ...madeUp];
}

function secretIn(value: unknown, place: string): FoundSecret[] {
	return typeof value === 'string' && value !== '' ? [{ text: value, place }] : [];
}

function isSealed(value: unknown): value is { $: string } {
	return typeof (value as { $?: unknown } | null)?.$ === 'string';
}

function unreadable(file: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'DEV_CREDENTIALS_UNREADABLE',
		message: `The credentials file ${file} cannot be read: ${problem}`,
		hint: 'Give the secret that this Node-RED uses (`credentialSecret` in its settings) as `credentialSecret: ${NAME}` under `dev`. No snapshot was taken: without its credentials it would not run.',
		docs: 'docs/guides/credentials.md',
	});
}
