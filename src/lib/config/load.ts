import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { DevConfig } from './dev.ts';
import type { DockerSettings } from './docker.ts';
import { parseYaml } from './document.ts';
import { explain } from './explain.ts';
import type { KubernetesSettings } from './kubernetes.ts';
import type { ConfigProblem } from './problem.ts';
import { configInvalid, renderPath } from './problem.ts';
import type { Environment, Resolved } from './references.ts';
import { resolveReferences } from './references.ts';
import type { Config } from './schema.ts';
import { configSchema } from './schema.ts';
import { secretsOf } from './secrets.ts';
import type { StorePlace } from './store-config.ts';
import { storePlace } from './store-config.ts';

/** A checked configuration, with every default filled in and every path absolute. */
export interface LoadedConfig {
	config: Config;
	/** The file, absolute. */
	path: string;
	/** Its folder: what relative paths in it are relative to. */
	directory: string;
	/** Where snapshots are kept. */
	store: StorePlace;
	/** What no output may repeat. */
	secrets: string[];
}

/**
 * Reads and checks a configuration file.
 * @param env what `${NAME}` in the file reads, and where HOME for `~` comes from
 * @throws FlowferryError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function loadConfig(path: string, env: Environment): Promise<LoadedConfig> {
	const text = await readConfigText(path);
	const absolute = resolve(path);
	const directory = dirname(absolute);
	const { data, references } = parseAll(configSchema, text, path, env);
	const secrets = secretsOf(data, references, env);
	const home = env.HOME ?? homedir();
	const store = storePlace(data.store, (relative) => absolutePath(relative, directory, home));
	return { config: resolvePaths(data, directory, home), path: absolute, directory, store, secrets };
}

/**
 * Checks the text of a configuration file; `file` names it in errors. Paths are left as they were written.
 * @throws FlowferryError CONFIG_INVALID with every fault's line, column, key and remedy
 */
export function parseConfig(text: string, file: string, env: Environment): Config {
	return parseWith(configSchema, text, file, env);
}

/**
 * The same by another schema. `select` leaves out what that schema is not about, so that nothing there can be at fault.
 * @throws FlowferryError CONFIG_INVALID
 */
export function parseWith<T>(
	schema: z.ZodType<T>,
	text: string,
	file: string,
	env: Environment,
	select: (value: unknown) => unknown = (value) => value,
): T {
	return parseAll(schema, text, file, env, select).data;
}

function parseAll<T>(
	schema: z.ZodType<T>,
	text: string,
	file: string,
	env: Environment,
	select: (value: unknown) => unknown = (value) => value,
): { data: T; references: Resolved['references'] } {
	const located = parseYaml(text);
	if (located.problems.length > 0) throw configInvalid(file, located.problems);

	const resolved = resolveReferences(select(plainValue(located.document, file)), env, located.locate);
	if (resolved.problems.length > 0) throw configInvalid(file, resolved.problems);
	if (typeof resolved.value !== 'object' || resolved.value === null || Array.isArray(resolved.value)) {
		const remedy = 'Begin with `dev:` and `environments:`; `flowferry init` writes such a file.';
		throw configInvalid(file, [{ line: 1, column: 1, path: [], message: 'is not a mapping of keys to values', remedy }]);
	}

	const checked = checkValue(schema, resolved);
	if (checked.success) return { data: checked.data, references: resolved.references };
	const problems = checked.error.issues
		.flatMap((issue) => explain(issue, resolved.value))
		.map((fault): ConfigProblem => {
			const variables = resolved.references.get(renderPath(fault.path));
			const origin = variables === undefined ? '' : ` (its value comes from ${variables.join(', ')})`;
			const { path, remedy } = fault;
			return { ...located.locate(path, fault.at), path, message: `${fault.message}${origin}`, remedy };
		});
	throw configInvalid(file, problems);
}

/** References give text; where the schema wants a number there, numeric text is one. */
function checkValue<T>(schema: z.ZodType<T>, resolved: Resolved) {
	const first = schema.safeParse(resolved.value);
	if (first.success) return first;
	for (const issue of first.error.issues) {
		if (issue.code !== 'invalid_type' || !resolved.references.has(renderPath(issue.path as (string | number)[]))) continue;
		const parent = issue.path.slice(0, -1).reduce((value, key) => (value as never)[key], resolved.value) as Record<PropertyKey, unknown>;
		const key = issue.path.at(-1)!;
		const text = parent[key];
		if (typeof text === 'string' && /^\d+$/.test(text)) parent[key] = Number(text);
	}
	return schema.safeParse(resolved.value);
}

/** A document that expands without end (aliases in aliases) is the file's fault, not ours. */
function plainValue(document: ReturnType<typeof parseYaml>['document'], file: string): unknown {
	try {
		return document.toJS();
	} catch {
		const remedy = 'Write the values out instead of using YAML aliases (*name).';
		throw configInvalid(file, [{ line: 1, column: 1, path: [], message: 'has YAML aliases that cannot be resolved', remedy }]);
	}
}

function absolutePath(path: string, directory: string, home: string): string {
	return resolve(
		directory,
		path.replace(/^~(?=$|[/\\])/, () => home),
	);
}

function resolvePaths(config: Config, directory: string, home: string): Config {
	const absolute = (path: string) => absolutePath(path, directory, home);
	const { dev } = config;
	const { passphraseFile } = config.sealing;
	return {
		...config,
		dev: dev && resolveDev(dev, absolute),
		packages: absolute(config.packages),
		sealing: passphraseFile === undefined ? {} : { passphraseFile: absolute(passphraseFile) },
		environments: Object.fromEntries(
			Object.entries(config.environments).map(([name, environment]) => [
				name,
				{
					...environment,
					directory: absolute(environment.directory ?? `.flowferry/environments/${name}`),
					...(environment.nodeRed === undefined ? {} : { nodeRed: absolute(environment.nodeRed) }),
					docker: resolveDocker(environment.docker, absolute),
					kubernetes: resolveKubernetes(environment.kubernetes, absolute),
					...(environment.settings === undefined ? {} : { settings: absolute(environment.settings) }),
				},
			]),
		),
	};
}

function resolveDocker(docker: DockerSettings, absolute: (path: string) => string): DockerSettings {
	return docker.certificate === undefined ? docker : { ...docker, certificate: absolute(docker.certificate) };
}

function resolveKubernetes(kubernetes: KubernetesSettings, absolute: (path: string) => string): KubernetesSettings {
	return kubernetes.kubeconfig === undefined ? kubernetes : { ...kubernetes, kubeconfig: absolute(kubernetes.kubeconfig) };
}

/** The flow file stays relative: it is looked for in the user directory, as Node-RED does, or in the repository. */
function resolveDev(dev: DevConfig, absolute: (path: string) => string): DevConfig {
	if ('userDir' in dev) return { ...dev, userDir: absolute(dev.userDir) };
	return 'repository' in dev ? { ...dev, repository: absolute(dev.repository) } : dev;
}

/** @throws FlowferryError CONFIG_MISSING, CONFIG_UNREADABLE */
export async function readConfigText(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			throw new FlowferryError({
				code: 'CONFIG_MISSING',
				message: `There is no configuration file ${path}`,
				hint: 'Write one with `flowferry init`, or name yours with --config.',
				docs: 'docs/configuration.md',
			});
		}
		throw new FlowferryError({
			code: 'CONFIG_UNREADABLE',
			message: `The configuration file ${path} cannot be read (${code})`,
			hint: code === 'EISDIR' ? 'Name the file, not its folder.' : 'Check its permissions.',
			cause: error,
		});
	}
}
