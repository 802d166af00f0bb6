import { existsSync } from 'node:fs';
import type { LintEnvironment } from '../config/lint-config.ts';
import { nearest } from '../config/nearest.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Mode } from '../flows/mode.ts';
import { withSharedStore } from '../lint/context-stores.ts';
import { noPlugin } from '../lint/plugin.ts';
import { ruleIds } from '../lint/rule-list.ts';
import { resolveSettings, type Settings } from '../lint/settings.ts';
import { loadPlugins } from './plugins.ts';

export interface GateSettings {
	settings: Settings;
	environments: Readonly<Record<string, LintEnvironment>>;
	/** What patterns are relative to; absolute. */
	settingsFolder: string;
}

/**
 * What a configuration says of judging flows. Nobody needs one to judge a file: `isOptional` says that it may be missing. What reads
 * it is loaded only where there is one: it takes as long as judging a small file.
 * @throws as `loadLintConfig` and `loadPlugins`
 */
export async function loadGateSettings(
	path: string,
	isOptional: boolean,
	{ folder, env }: { folder: string; env: Readonly<Record<string, string | undefined>> },
): Promise<GateSettings> {
	if (isOptional && !existsSync(path)) return { settings: resolveSettings(), environments: {}, settingsFolder: folder };
	const { loadLintConfig } = await import('../config/lint-config.ts');
	let plugin = noPlugin;
	const { section, environments, directory } = await loadLintConfig(path, env, async ({ plugins = [] }, base) => {
		plugin = await loadPlugins(plugins, base);
		return [...ruleIds, ...plugin.rules.map(({ id }) => id)];
	});
	return { settings: resolveSettings(section, plugin), environments, settingsFolder: directory };
}

/**
 * What to judge for, and by. The mode: the one asked for, a preset's, the only environment's; else hot-spare. The variables and the primary:
 * those of the environment asked for, or of the only one.
 * @throws FlowferryError ENVIRONMENT_UNKNOWN
 */
export function chooseTarget(
	{ settings, environments }: GateSettings,
	asked: { mode?: Mode | undefined; environment?: string | undefined },
): Pick<LintEnvironment, 'mode' | 'variables' | 'primary'> & { settings: Settings } {
	const names = Object.keys(environments);
	if (asked.environment !== undefined && !names.includes(asked.environment)) {
		const meant = nearest(asked.environment, names);
		throw new FlowferryError({
			code: 'ENVIRONMENT_UNKNOWN',
			message: `There is no environment ${asked.environment}${names.length === 0 ? '' : `; the configuration has ${names.join(', ')}`}`,
			hint: meant === undefined ? 'Name one of the configuration, or say the mode with --mode.' : `Did you mean ${meant}?`,
		});
	}
	const only = names.length === 1 ? environments[names[0] as string] : undefined;
	const target = asked.environment === undefined ? only : environments[asked.environment];
	const preset = asked.environment === undefined ? settings.mode : undefined;
	const mode = asked.mode ?? preset ?? target?.mode ?? 'hot-spare';
	const isShared = mode === 'hot-spare' && target?.sharesContext === true;
	return {
		mode,
		variables: target?.variables ?? [],
		primary: mode === 'load-balanced' ? (target?.primary ?? null) : null,
		settings: isShared ? { ...settings, contextStores: withSharedStore(settings.contextStores) } : settings,
	};
}
