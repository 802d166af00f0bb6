import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Lets Node keep the compiled form of modules, so that the next start is faster. In the user's own folder: Node's default is one
 * in the folder for temporary files, where on a shared machine others could put code in our name. A user without a home gets no
 * cache, and a folder that cannot be written costs nothing. NODE_DISABLE_COMPILE_CACHE=1 turns it off, NODE_COMPILE_CACHE names
 * another folder.
 */
export function enableCache() {
	const base = cacheBase(process.env);
	if (existsSync(dirname(base))) module.enableCompileCache(join(base, 'flowferry', 'compiled'));
}

function cacheBase({ XDG_CACHE_HOME, LOCALAPPDATA }) {
	return XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache');
}
