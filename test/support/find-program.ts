import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where an installed program is; servers are often beside the PATH. */
export function findProgram(name: string): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
	return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
