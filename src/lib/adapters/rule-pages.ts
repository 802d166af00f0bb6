import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The text of a rule's page, which is part of the package. */
export async function readRulePage(id: string): Promise<string> {
	return await readFile(join(packageRoot(), 'docs', 'rules', `${id}.md`), 'utf8');
}
