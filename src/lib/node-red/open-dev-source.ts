import type { DevConfig } from '../config/dev.ts';
import { openAdminApi } from './admin-api.ts';
import { adminApiSource } from './admin-api-source.ts';
import type { DevSource } from './dev-source.ts';
import { repositorySource } from './repository-source.ts';
import { userDirSource } from './user-dir-source.ts';

/** @param env what git may see of the environment */
export function openDevSource(dev: DevConfig, env: Readonly<Record<string, string | undefined>> = {}): DevSource {
	if ('userDir' in dev) return userDirSource(dev);
	if ('repository' in dev) return repositorySource(dev, env);
	return adminApiSource(() => openAdminApi(dev));
}
