import { isWrittenObject, type WrittenSettings, type WrittenValue } from '../flows/settings-text.ts';
import type { SettingsFacts } from '../snapshot/snapshot.ts';

/** What is recorded of a setting that only running its program would tell. */
export const NOT_PLAIN = '(computed)';

/** The settings that change what flows do, as far as a settings file says them in plain text. */
export function factsOfSettings(settings: WrittenSettings): SettingsFacts {
	const { contextStorage, functionGlobalContext, nodeCloseTimeout, httpRoot, httpNodeRoot, httpAdminRoot } = settings;
	return {
		contextStorage: contextStorage === undefined ? {} : isWrittenObject(contextStorage) ? mapValues(contextStorage, storeModule) : null,
		functionGlobals:
			functionGlobalContext === undefined ? [] : isWrittenObject(functionGlobalContext) ? Object.keys(functionGlobalContext).sort() : null,
		nodeCloseTimeout: typeof nodeCloseTimeout === 'number' ? nodeCloseTimeout : null,
		// httpRoot stands for both; Node-RED lets it win.
		httpNodeRoot: rootOf(httpRoot ?? httpNodeRoot) || null,
		httpAdminRoot: rootOf(httpRoot ?? httpAdminRoot),
	};
}

/** What Node-RED's diagnostics report tells: neither function globals nor the time that nodes get to close. Null where it is another. */
export function factsOfDiagnostics(report: unknown): { node: string | null; settings: SettingsFacts | null } {
	const { nodejs, runtime } = (report ?? {}) as { nodejs?: { version?: unknown }; runtime?: { settings?: Record<string, unknown> } };
	const settings = runtime?.settings;
	return {
		node: typeof nodejs?.version === 'string' ? nodejs.version.replace(/^v/, '') : null,
		settings: settings
			? {
					contextStorage: mapValues((settings.contextStorage ?? {}) as Record<string, WrittenValue>, storeModule),
					functionGlobals: null,
					nodeCloseTimeout: null,
					httpNodeRoot: told(settings.httpNodeRoot),
					httpAdminRoot: told(settings.httpAdminRoot),
				}
			: null,
	};
}

/** A store is `{ module }`, or the name of another store. */
function storeModule(store: WrittenValue): string {
	const module = isWrittenObject(store) ? store.module : store;
	return typeof module === 'string' ? module : NOT_PLAIN;
}

function rootOf(value: WrittenValue | undefined): string | false | null {
	if (value === undefined) return null;
	return typeof value === 'string' || value === false ? value : NOT_PLAIN;
}

/** Node-RED's own word for what is not set. */
function told(value: unknown): string | null {
	return typeof value === 'string' && value !== 'UNSET' ? value : null;
}

function mapValues<T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
