import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderJsonSchema } from '../../../src/lib/config/json-schema.ts';
import { parseConfig } from '../../../src/lib/config/load.ts';
import { renderReference } from '../../../src/lib/config/reference.ts';
import { leaseTimingOf } from '../../../src/lib/config/target-defaults.ts';

const read = (path: string) => readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

/** After a change of the schema: `node test/support/generate-config-reference.ts`, then `npm run format`. */
describe('what is generated from the schema', () => {
	it('the JSON Schema is up to date', async () => {
		// The formatter decides the layout of JSON files, so only the content is compared.
		expect(JSON.parse(await read('templates/flowferry.schema.json'))).toEqual(JSON.parse(renderJsonSchema()));
	});

	it('the reference is up to date', async () => {
		expect(await read('docs/configuration.md')).toBe(renderReference());
	});
});

describe('the sample configuration', () => {
	it('is valid, and shows every default as it is', async () => {
		const sample = parseConfig(await read('templates/flowferry.yaml'), 'templates/flowferry.yaml', {}).environments.production!;
		const plain = parseConfig('dev: { url: http://x }\nenvironments: { production: { mode: hot-spare } }', 'f', {}).environments
			.production!;
		// These have no default, or one that a sample cannot show.
		const shownOnly = [
			'directory',
			'instances',
			'nodeRed',
			'router',
			'docker',
			'kubernetes',
			// Its defaults are the target's.
			'lease',
			'settings',
			'variables',
			'credentials',
			'checks',
			'hooks',
			'drill',
			'after',
			'protected',
			'accessLog',
			'metricsPort',
			'instanceMetricsPort',
		];
		const without = (environment: object) => Object.fromEntries(Object.entries(environment).filter(([key]) => !shownOnly.includes(key)));
		expect(without(sample)).toEqual(without(plain));
		expect(sample.docker).toMatchObject(plain.docker);
		expect(sample.kubernetes).toMatchObject(plain.kubernetes);
		expect(leaseTimingOf(sample)).toEqual(leaseTimingOf(plain));
	});

	it('names every key', async () => {
		const sample = await read('templates/flowferry.yaml');
		const keys = [...renderReference().matchAll(/^\| `(?:[^`]*\.)?([^`.[\]]+)`/gm)].map((match) => match[1]!);
		expect(keys.length).toBeGreaterThan(30);
		expect(keys.filter((key) => !new RegExp(`^[ #-]*${key}:`, 'm').test(sample))).toEqual([]);
	});
});
