import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-plugin-'));
	await writeFile(
		join(folder, 'flows.json'),
		JSON.stringify([
			{ id: 't', type: 'tab' },
			{ id: 'a', type: 'acme', z: 't', x: 1, y: 1 },
		]),
	);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configure = (lint: object) => writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ lint }));
const lint = (...args: string[]) => runCli(['lint', 'flows.json', ...args], { cwd: folder });
const found = (stdout: string) =>
	JSON.parse(stdout).findings.map(({ rule, severity }: { rule: string; severity: string }) => `${rule} ${severity}`);

const plugin = (check: string) =>
	`export default { types: [{ type: 'acme', inert: true }], rules: [{ id: 'acme/no-acme', family: 'portability', summary: 'An acme', *check(context) { ${check} } }] };`;
const judging = plugin(
	"for (const node of context.ofType('acme')) yield { node, severity: 'warning', confidence: 'high', message: 'm', remediation: 'r' };",
);

it('adds rules and types, from a path and from a package, which settings may name', async () => {
	await writeFile(join(folder, 'rules.mjs'), judging);
	await configure({ plugins: ['./rules.mjs'], rules: { 'acme/no-acme': 'error' } });
	const { stdout, status } = await lint('--format', 'json');
	expect([found(stdout), status]).toEqual([['acme/no-acme error'], 1]);

	const installed = join(folder, 'node_modules', 'acme-lint');
	await mkdir(installed, { recursive: true });
	await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'acme-lint', type: 'module', main: 'index.js' }));
	await writeFile(join(installed, 'index.js'), judging);
	await configure({ plugins: ['acme-lint'] });
	expect(found((await lint('--format', 'json')).stdout)).toEqual(['acme/no-acme warning']);
});

it('is an error where it cannot be loaded or does not know a rule, and a failure where its rule throws', async () => {
	await configure({ plugins: ['./gone.mjs'] });
	expect(await lint()).toMatchObject({ status: 2, stderr: expect.stringContaining('The plugin ./gone.mjs cannot be loaded') });
	await writeFile(join(folder, 'rules.mjs'), judging);
	await configure({ plugins: ['./rules.mjs'], rules: { 'acme/no-acm': 'off' } });
	expect(await lint()).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean `acme/no-acme`?') });
	await writeFile(join(folder, 'throws.mjs'), plugin("throw new Error('oops');"));
	await configure({ plugins: ['./throws.mjs'] });
	expect(await lint()).toMatchObject({ status: 3, stderr: expect.stringContaining('The rule acme/no-acme failed: oops') });
});
