import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The version of the Node-RED that a folder holds (`…/node_modules/node-red`); null where it holds none. */
export async function readNodeRedVersion(folder: string): Promise<string | null> {
	try {
		const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
		return name === 'node-red' ? version : null;
	} catch {
		return null;
	}
}
