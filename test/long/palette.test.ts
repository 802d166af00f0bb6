import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installLocked, lockPackages } from '../../src/lib/adapters/npm.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Project } from '../support/project.ts';
import { createProject, versionFlows } from '../support/project.ts';

const MODULE = 'node-red-node-random';

/** `GET /roll` answers a number from a contributed node, and what a function gets from a module of npm. */
const flows = (version: string): FlowNode[] =>
	versionFlows(version, [
		{ id: 'a1', type: 'http in', z: 'tab1', name: '', url: '/roll', method: 'get', x: 100, y: 300, wires: [['a2']] },
		{
			id: 'a2',
			type: 'random',
			z: 'tab1',
			name: '',
			low: '7',
			high: '7',
			inte: 'true',
			property: 'payload',
			x: 300,
			y: 300,
			wires: [['a3']],
		},
		{
			id: 'a3',
			type: 'function',
			z: 'tab1',
			name: 'text',
			func: 'msg.payload = { rolled: msg.payload, odd: isOdd(msg.payload) };\nreturn msg;',
			libs: [{ var: 'isOdd', module: 'is-odd' }],
			outputs: 1,
			x: 500,
			y: 300,
			wires: [['a4']],
		},
		{ id: 'a4', type: 'http response', z: 'tab1', name: '', x: 700, y: 300, wires: [] },
	]);

describe('a palette from npm', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject();
		const dev = join(project.folder, 'dev');
		const dependencies = { [MODULE]: '0.4.1', 'is-odd': '3.0.1' };
		await writeFile(join(dev, 'package.json'), JSON.stringify({ name: 'node-red-project', version: '0.0.1', private: true, dependencies }));
		await lockPackages(dev, 120_000);
		await installLocked(dev, 120_000);
	});
	afterAll(() => project.remove());

	const palettes = () => readdir(join(project.folder, '.flowferry', 'environments', 'production', 'palettes'));

	it('is installed at the exact versions before the cutover, and serves', async () => {
		await project.promote(flows('v1'));
		expect(await (await fetch(`${project.url}/roll`)).json()).toEqual({ rolled: 7, odd: true });
		const [palette] = await palettes();
		const folder = join(project.folder, '.flowferry', 'environments', 'production', 'palettes', palette as string);
		expect(existsSync(join(folder, 'package-lock.json'))).toBe(true);
		expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).dependencies).toEqual({ [MODULE]: '0.4.1', 'is-odd': '3.0.1' });
	});

	it('is shared by the next release that has the same', async () => {
		await project.promote(flows('v2'));
		expect(await (await fetch(`${project.url}/roll`)).json()).toEqual({ rolled: 7, odd: true });
		expect(await palettes()).toHaveLength(1);
	});

	it('is installed again by the lock that was made first, whatever was published since', async () => {
		const locks = join(project.folder, '.flowferry', 'packages', 'locks');
		const [name] = await readdir(locks);
		const set = JSON.parse(await readFile(join(locks, name as string), 'utf8'));
		const marked = JSON.stringify({ ...JSON.parse(set.lock), name: 'the-first-lock' });
		await writeFile(join(locks, name as string), JSON.stringify({ ...set, lock: marked }));
		const folder = join(project.folder, '.flowferry', 'environments', 'production', 'palettes');
		await rm(folder, { recursive: true });
		await project.promote(flows('v3'));
		expect(await (await fetch(`${project.url}/roll`)).json()).toEqual({ rolled: 7, odd: true });
		const [palette] = await palettes();
		expect(JSON.parse(await readFile(join(folder, palette as string, 'package-lock.json'), 'utf8')).name).toBe('the-first-lock');
	});
});

describe('hot-spare with two instances in a slot', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ instances: 2 });
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	const states = async () => (await project.status()).slots.map(({ instances }) => instances.map(({ status }) => status?.state));

	it('has one active, the other standing by, before and after a promotion', async () => {
		expect(await states()).toEqual([['active', 'standby'], []]);
		await project.promote(versionFlows('v2'));
		expect(await states()).toEqual([
			['standby', 'standby'],
			['active', 'standby'],
		]);
		expect((await project.status()).health).toEqual({ state: 'serving' });
		await project.active(); // exactly one
	});
});
