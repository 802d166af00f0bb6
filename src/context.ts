import { userInfo } from 'node:os';
import { openGitRepository, readGitIdentity } from './lib/adapters/git.ts';
import type { LoadedConfig } from './lib/config/load.ts';
import { loadConfig } from './lib/config/load.ts';
import type { DevSource } from './lib/node-red/dev-source.ts';
import { openDevSource } from './lib/node-red/dev-source.ts';
import { openGitStore } from './lib/snapshot/git-store.ts';
import type { SnapshotStore } from './lib/snapshot/store.ts';

/** What commands work with: the configuration, and the adapters that it asks for. Built here and nowhere else. */
export interface Context extends LoadedConfig {
	/** The dev Node-RED. */
	dev: DevSource;
	snapshots: SnapshotStore;
	/** Who works here, as git would sign: `Name <mail>`; else the login name. */
	author(): Promise<string>;
	now(): Date;
}

/** Reads the configuration; nothing else is opened or asked before it is used. @throws as `loadConfig` */
export async function createContext(configPath: string): Promise<Context> {
	const { env } = process;
	const loaded = await loadConfig(configPath, env);
	return {
		...loaded,
		dev: openDevSource(loaded.config.dev),
		snapshots: openGitStore(loaded.config.store, openGitRepository(loaded.config.store, env)),
		author: async () => (await readGitIdentity(loaded.directory, env)) ?? loginName(env),
		now: () => new Date(),
	};
}

/** The home of whoever runs us, which `~` stands for. */
export function homeFolder(): string {
	return process.env.HOME ?? userInfo().homedir;
}

/** A container's user id may have no name. */
function loginName(env: NodeJS.ProcessEnv): string {
	try {
		return userInfo().username;
	} catch {
		return env.USER ?? env.USERNAME ?? 'unknown';
	}
}

/** What `${NAME}` in a configuration reads. */
export function programEnvironment(): Readonly<Record<string, string | undefined>> {
	return process.env;
}
