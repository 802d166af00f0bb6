import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { checkPlugin, type LintPlugin, mergePlugins, noPlugin } from '../lint/plugin.ts';

/**
 * Loads the modules with a team's own rules and node types, and so runs their code.
 * @param names paths, or packages that are installed there
 * @param folder what they are relative to: the configuration's; absolute
 * @throws FlowferryError LINT_PLUGIN_NOT_LOADED, and what `checkPlugin` and `mergePlugins` throw
 */
export async function loadPlugins(names: readonly string[], folder: string): Promise<LintPlugin> {
	if (names.length === 0) return noPlugin;
	return mergePlugins(await Promise.all(names.map(async (name) => checkPlugin(await load(name, folder), name))));
}

async function load(name: string, folder: string): Promise<unknown> {
	try {
		const isPath = name.startsWith('.') || isAbsolute(name);
		const path = isPath ? resolve(folder, name) : createRequire(join(folder, 'flowferry.yaml')).resolve(name);
		return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
	} catch (cause) {
		throw new FlowferryError({
			code: 'LINT_PLUGIN_NOT_LOADED',
			message: `The plugin ${name} cannot be loaded: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`,
			hint: "Name a module's path from the configuration's folder, beginning with ./, or a package that is installed there.",
			cause,
		});
	}
}
