import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gatewayFiles } from '../../routers/gateway/launch.ts';
import { innerSocketNames } from '../../routers/haproxy/config-file.ts';
import { haproxyFiles } from '../../routers/haproxy/haproxy-files.ts';
import { layoutOf } from '../layout.ts';

/** What SQLite puts beside its file while that is open. */
const OF_SQLITE = ['', '-wal', '-shm', '-journal'];

/**
 * Removes what an environment has in its directory, and the directory where nothing else is in it: the configuration may name any.
 * @returns paths of what is somebody else's, and was left
 */
export async function removeEnvironment(directory: string): Promise<string[]> {
	const { stateFile, contextFile, slots, ...layout } = layoutOf(directory);
	const { directory: _, ...ofHaproxy } = haproxyFiles(directory);
	const databases = [contextFile, stateFile].flatMap((file) => OF_SQLITE.map((end) => file + end));
	const others = [layout.tokenFile, layout.palettes, layout.nodeReds, layout.logs];
	const routers = [...Object.values(gatewayFiles(directory)), ...Object.values(ofHaproxy), ...innerSocketNames];
	// The state goes last: what is interrupted can be done again.
	const own = new Set([slots, ...routers, ...others, ...databases].map((path) => basename(path)));
	const present = await readdir(directory);
	for (const name of own) await rm(join(directory, name), { recursive: true, force: true });
	const left = present.filter((name) => !own.has(name)).map((name) => join(directory, name));
	if (left.length === 0) await rmdir(directory);
	return left;
}
