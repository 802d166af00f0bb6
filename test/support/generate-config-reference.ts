import { writeFile } from 'node:fs/promises';
import { renderJsonSchema } from '../../src/lib/config/json-schema.ts';
import { renderReference } from '../../src/lib/config/reference.ts';

/** Writes what is generated from the configuration's schema: `node test/support/generate-config-reference.ts`. */
const root = new URL('../../', import.meta.url);
await writeFile(new URL('templates/flowferry.schema.json', root), renderJsonSchema());
await writeFile(new URL('docs/configuration.md', root), renderReference());
