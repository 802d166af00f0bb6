import { join } from 'node:path';
import type { CommittedFiles } from '../adapters/git-reader.ts';
import { openCommit } from '../adapters/git-reader.ts';
import type { RepositoryConfig } from '../config/dev.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { parseFlows } from '../flows/parse.ts';
import { readSettingsText } from '../flows/settings-text.ts';
import type { PaletteModule, SnapshotSource } from '../snapshot/snapshot.ts';
import type { DevFlows, DevSource } from './dev-source.ts';
import { isExactVersion, missingLibraries, sortPalette } from './palette.ts';
import { parseJsonObject } from './read-json.ts';
import { factsOfSettings } from './settings-facts.ts';
import { credentialsFileName, openCredentialsText } from './stored-credentials.ts';
import { DEFAULT_VERSION, supportedVersion } from './version.ts';

/** A package.json of a Node-RED project, or of a user directory. */
interface Manifest {
	dependencies?: Record<string, string>;
	'node-red'?: { settings?: { flowFile?: unknown; credentialsFile?: unknown } };
}

/** `.config.nodes.json`, where somebody committed it: the only place that tells which types a module brings. */
type Registered = Record<string, { nodes?: Record<string, { types?: string[]; enabled?: boolean }> } | undefined>;

/** A package-lock.json of npm 7 or later, and of earlier ones. */
interface Lock {
	packages?: Record<string, { version?: string }>;
	dependencies?: Record<string, { version?: string }>;
}

/** A commit of a git repository that holds a flow file and its package.json. Nothing is checked out. */
export function repositorySource(config: RepositoryConfig, env: Readonly<Record<string, string | undefined>>): DevSource {
	const read = async () => {
		const files = await openCommit(config.repository, config.ref, env);
		const manifest = ((await readJson(files, 'package.json')) ?? {}) as Manifest;
		const flowFile = config.flowFile ?? flowFileOf(manifest);
		const text = await files.read(flowFile);
		if (text === null) throw flowFileMissing(files, config, flowFile);
		const source: SnapshotSource = { kind: 'git', path: config.repository, ref: config.ref, commit: files.commit, flowFile };
		const flows: DevFlows = { nodes: parseFlows(text, nameOf(files, flowFile)), source, palette: null, warnings: [] };
		return { files, manifest, flowFile, flows };
	};
	return {
		flows: async () => (await read()).flows,
		state: async () => {
			const { files, manifest, flowFile, flows } = await read();
			const { palette, version, warnings } = await readRuntime(files, manifest);
			const unknown = missingLibraries(flows.nodes, palette).map(
				(library) =>
					`The function node ${library.nodeId} loads the npm module ${library.name}, which ${nameOf(files, 'package.json')} does not ask for`,
			);
			const settings = readSettingsText((await files.read('settings.js')) ?? '');
			return {
				...flows,
				palette,
				nodeRedVersion: version,
				runtime: { node: null, settings: settings && factsOfSettings(settings) },
				storedCredentials: async () => {
					const file = credentialsFileName(flowFile, manifest['node-red']?.settings);
					const text = await files.read(file);
					const secrets = config.credentialSecret === undefined ? [] : [{ text: config.credentialSecret, place: 'dev.credentialSecret' }];
					return text === null ? {} : openCredentialsText(text, nameOf(files, file), secrets);
				},
				warnings: [...flows.warnings, ...warnings, ...unknown],
			};
		},
	};
}

function flowFileOf(manifest: Manifest): string {
	const named = manifest['node-red']?.settings?.flowFile;
	return typeof named === 'string' && named !== '' ? named : 'flows.json';
}

/** The palette that package.json asks for, each module at the one version that it, or its lock file, names. */
async function readRuntime(
	files: CommittedFiles,
	manifest: Manifest,
): Promise<{ palette: PaletteModule[]; version: string; warnings: string[] }> {
	const lock = ((await readJson(files, 'package-lock.json')) ?? {}) as Lock;
	const registered = ((await readJson(files, '.config.nodes.json')) ?? {}) as Registered;
	const { 'node-red': nodeRed, ...wanted } = manifest.dependencies ?? {};
	const palette = Object.entries(wanted).map(([name, range]) => ({
		name,
		version: exactVersion(files, name, range, lock),
		types: typesOf(registered[name]),
	}));
	if (nodeRed !== undefined) {
		const exact = exactVersion(files, 'node-red', nodeRed, lock);
		return { palette: sortPalette(palette), version: supportedVersion(exact, nameOf(files, 'package.json')), warnings: [] };
	}
	const warning = `${nameOf(files, 'package.json')} does not ask for node-red: version ${DEFAULT_VERSION} is taken for it`;
	return { palette: sortPalette(palette), version: DEFAULT_VERSION, warnings: [warning] };
}

function typesOf(module: Registered[string]): string[] {
	return Object.values(module?.nodes ?? {})
		.filter(({ enabled }) => enabled !== false)
		.flatMap(({ types }) => types ?? []);
}

function exactVersion(files: CommittedFiles, name: string, wanted: string, lock: Lock): string {
	if (isExactVersion(wanted)) return wanted;
	const locked = lock.packages?.[`node_modules/${name}`]?.version ?? lock.dependencies?.[name]?.version;
	if (locked !== undefined && isExactVersion(locked)) return locked;
	throw new FlowferryError({
		code: 'PALETTE_NOT_PINNED',
		message: `${nameOf(files, 'package.json')} asks for ${name} ${wanted}, and no package-lock.json beside it says which version that is`,
		hint: `Commit the package-lock.json, or write an exact version: "${name}": "1.2.3". A snapshot holds exact versions.`,
	});
}

async function readJson(files: CommittedFiles, file: string): Promise<Record<string, unknown> | undefined> {
	const text = await files.read(file);
	if (text === null) return undefined;
	const value = parseJsonObject(text);
	if (value !== undefined) return value;
	throw new FlowferryError({
		code: 'DEV_REPOSITORY_UNREADABLE',
		message: `${nameOf(files, file)} does not hold a JSON object`,
		hint: 'Correct and commit it, or name another commit: dev.ref.',
	});
}

function flowFileMissing(files: CommittedFiles, { repository, ref }: RepositoryConfig, flowFile: string): FlowferryError {
	return new FlowferryError({
		code: 'FLOW_FILE_MISSING',
		message: `There is no flow file ${flowFile} at ${ref} (${files.commit.slice(0, 12)}) in ${repository}`,
		hint: `Name it: dev.flowFile, relative to ${repository}. \`git -C '${repository}' ls-tree -r --name-only ${ref}\` lists what is there.`,
	});
}

/** For errors: `package.json at main`. */
function nameOf({ directory, commit }: CommittedFiles, file: string): string {
	return `${join(directory, file)} at ${commit.slice(0, 12)}`;
}
