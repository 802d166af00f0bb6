import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLintConfig } from '../../../src/lib/config/lint-config.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-lint-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(text: string) {
	const path = join(folder, 'flowferry.yaml');
	await writeFile(path, text);
	return await loadLintConfig(path, {}, async () => ['long-delay']);
}

describe('loadLintConfig', () => {
	it('takes the lint, the modes and the names of variables, and looks at nothing else', async () => {
		const text = [
			'dev: { url: "${DEV_URL}", colour: red }',
			'environments: { p: { mode: load-balanced, port: "${PORT}", variables: { PASSWORD: "${SECRET}" } } }',
			'lint: { rules: { long-delay: off } }',
		];
		expect(await load(text.join('\n'))).toMatchObject({
			directory: folder,
			environments: { p: { mode: 'load-balanced', variables: ['PASSWORD'] } },
			section: { rules: { 'long-delay': 'off' }, extends: [], overrides: [], ignore: { flows: [], files: [] } },
		});
	});

	it('takes what the primary has, and no number of instances that it cannot read', async () => {
		const environments = (keys: string) => load(`environments: { p: { mode: load-balanced, ${keys} } }`);
		expect((await environments('instances: "${HOW_MANY}", primary: { sources: [cronplus] }')).environments.p?.primary).toEqual({
			timers: true,
			sources: ['cronplus'],
			except: [],
		});
		expect((await environments('instances: 1')).environments.p?.primary).toBeNull();
		await expect(environments('primary: { timer: true }')).rejects.toThrow(/primary\.timer: is not a known key$/);
	});

	it.each([
		['two instances', 'mode: hot-spare, instances: 2', true],
		['one', 'mode: hot-spare, instances: 1', false],
		['two, by default', 'mode: hot-spare', true],
		['one that says so', 'mode: hot-spare, instances: 1, context: { store: sqlite }', true],
		['two that do not want it', 'mode: hot-spare, instances: 2, context: { store: memory, maxBytes: "${SIZE}" }', false],
		['as many as nobody knows', 'mode: hot-spare, instances: "${COUNT}"', false],
		['settings that may name another default', 'mode: hot-spare, instances: 2, settings: "${SETTINGS}"', false],
		['a load-balanced one', 'mode: load-balanced, instances: 2', false],
	])('says whether the instances of an environment share their context: %s', async (_what, keys, sharesContext) => {
		expect((await load(`environments: { p: { ${keys} } }`)).environments.p).toMatchObject({ sharesContext });
	});

	it('takes the word of lint.contextStorage for what the settings name', async () => {
		const text =
			'environments: { p: { mode: hot-spare, instances: 2, settings: x.js } }\nlint: { contextStorage: { default: { module: memory } } }';
		expect((await load(text)).environments.p).toMatchObject({ sharesContext: true });
	});

	it('needs neither', async () => {
		expect(await load('dev: {}')).toMatchObject({ environments: {}, section: { rules: {} } });
	});

	it.each([
		['a rule that nobody knows', 'lint:\n  rules:\n    long-dely: off', /:3:5: lint\.rules\.long-dely: is not a known rule$/],
		[
			'one in an override',
			'lint:\n  overrides:\n    - rules: { zzz: off }',
			/:3:16: lint\.overrides\[0\]\.rules\.zzz: is not a known rule$/,
		],
		[
			'a level that is none',
			'lint: { rules: { long-delay: fatal } }',
			/lint\.rules\.long-delay: must be one of off, error, warning, info$/,
		],
		['an unknown preset', 'lint: { extends: [stric] }', /lint\.extends\[0\]: must be one of hot-spare, load-balanced, strict$/],
		['an unknown key', 'lint: { rule: {} }', /lint\.rule: is not a known key$/],
		['a number that is none', 'lint: { maxWarnings: -1 }', /lint\.maxWarnings: must be at least 0$/],
		['an environment that is none', 'environments: { p: 7 }', /environments\.p: must be a mapping, but is a number$/],
		['a list', '- a', /is not a mapping of keys to values$/],
	])('refuses %s, with its place', async (_name, text, message) => {
		await expect(load(text)).rejects.toThrow(message);
	});
});
