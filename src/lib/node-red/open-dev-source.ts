import type { DevConfig } from '../config/dev.ts';
import type { DevSource } from './dev-source.ts';

/**
 * What reads it is loaded with the first question: most commands ask none.
 * @param env what git may see of the environment
 */
export function openDevSource(dev: DevConfig, env: Readonly<Record<string, string | undefined>> = {}): DevSource {
	return {
		flows: async () => (await load(dev, env)).flows(),
		state: async () => (await load(dev, env)).state(),
	};
}

async function load(dev: DevConfig, env: Readonly<Record<string, string | undefined>>): Promise<DevSource> {
	if ('userDir' in dev) return (await import('./user-dir-source.ts')).userDirSource(dev);
	if ('repository' in dev) return (await import('./repository-source.ts')).repositorySource(dev, env);
	const [{ adminApiSource }, { openAdminApi }] = await Promise.all([import('./admin-api-source.ts'), import('./admin-api.ts')]);
	return adminApiSource(() => openAdminApi(dev));
}
