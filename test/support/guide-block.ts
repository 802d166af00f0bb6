import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const guides = fileURLToPath(new URL('../../docs/guides', import.meta.url));

/** The only fenced block of this language in a guide, as it stands there. @param page below `docs/guides` */
export async function guideBlock(page: string, language: string): Promise<string> {
	const text = await readFile(join(guides, page), 'utf8');
	const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] as string);
	if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} blocks of ${language}`);
	return blocks[0] as string;
}
