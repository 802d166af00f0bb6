import { loadLintConfig } from '../config/lint-config.ts';
import { nearest } from '../config/nearest.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Mode } from '../flows/mode.ts';
import { ruleIds } from '../lint/rule-list.ts';
import { resolveSettings, type Settings } from '../lint/settings.ts';

export interface GateSettings {
	settings: Settings;
	/** Of each environment. */
	modes: Readonly<Record<string, Mode>>;
	/** What patterns are relative to; absolute. */
	settingsFolder: string;
}

/**
 * What a configuration says of judging flows. Nobody needs one to judge a file: `isOptional` says that it may be missing.
 * @throws as `loadLintConfig`
 */
export async function loadGateSettings(
	path: string,
	isOptional: boolean,
	{ folder, env }: { folder: string; env: Readonly<Record<string, string | undefined>> },
): Promise<GateSettings> {
	try {
		const { section, modes, directory } = await loadLintConfig(path, env, ruleIds);
		return { settings: resolveSettings(section), modes, settingsFolder: directory };
	} catch (error) {
		if (!isOptional || !(error instanceof FlowferryError) || error.code !== 'CONFIG_MISSING') throw error;
		return { settings: resolveSettings(), modes: {}, settingsFolder: folder };
	}
}

/** The mode to judge for: the one asked for, a preset's, the only environment's; else hot-spare. @throws FlowferryError ENVIRONMENT_UNKNOWN */
export function chooseMode({ settings, modes }: GateSettings, asked: { mode?: Mode | undefined; environment?: string | undefined }): Mode {
	if (asked.mode) return asked.mode;
	const names = Object.keys(modes);
	if (asked.environment !== undefined && !names.includes(asked.environment)) {
		const meant = nearest(asked.environment, names);
		throw new FlowferryError({
			code: 'ENVIRONMENT_UNKNOWN',
			message: `There is no environment ${asked.environment}${names.length === 0 ? '' : `; the configuration has ${names.join(', ')}`}`,
			hint: meant === undefined ? 'Name one of the configuration, or say the mode with --mode.' : `Did you mean ${meant}?`,
		});
	}
	if (asked.environment !== undefined) return modes[asked.environment] as Mode;
	return settings.mode ?? (names.length === 1 ? modes[names[0] as string] : undefined) ?? 'hot-spare';
}
