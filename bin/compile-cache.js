import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep the compiled form of modules, so that the next start is faster. In the user's own folder: Node's default is one
 * in the folder for temporary files, where on a shared machine others could put code in our name. A folder that cannot be written
 * costs nothing but the time. NODE_DISABLE_COMPILE_CACHE=1 turns it off, NODE_COMPILE_CACHE names another folder.
 */
export function enableCache() {
	module.enableCompileCache?.(cacheFolder(process.env));
}

function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA }) {
	return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache'), 'flowferry', 'compiled');
}
