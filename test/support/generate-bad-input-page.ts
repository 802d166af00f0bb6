import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderPage } from './bad-inputs.ts';

/** Writes docs/bad-input.md: after `npm run build`, `node test/support/generate-bad-input-page.ts`. */
await writeFile(fileURLToPath(new URL('../../docs/bad-input.md', import.meta.url)), await renderPage());
