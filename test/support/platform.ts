import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A file of the servers that are built for tests: FLOWFERRY_PLATFORM_CACHE, else in the user's cache. Undefined: not there. */
export function platformFile(...path: string[]): string | undefined {
	const file = join(process.env.FLOWFERRY_PLATFORM_CACHE ?? join(homedir(), '.cache', 'flowferry-platform'), ...path);
	return existsSync(file) ? file : undefined;
}
