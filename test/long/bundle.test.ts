import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { installLocked, lockPackages } from '../../src/lib/adapters/npm.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { describeWithServer } from '../support/describe-with-server.ts';
import { freePort } from '../support/gateway.ts';
import { node, versionFlows } from '../support/project.ts';

/** One that flowferry's own checkout does not offer to promotions, so that it comes from the bundle or not at all. */
const nodeRed4 = fileURLToPath(new URL('../../node_modules/node-red-4/package.json', import.meta.url));
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** `GET /roll` answers a number from a contributed node, through a module that a function loads. */
const flows = versionFlows('v1', [
	node('a1', 'http in', { url: '/roll', method: 'get', wires: [['a2']] }),
	node('a2', 'random', { low: '7', high: '7', inte: 'true', property: 'payload', wires: [['a3']] }),
	node('a3', 'function', {
		func: 'msg.payload = { rolled: msg.payload, odd: isOdd(msg.payload) }; return msg;',
		libs: [{ var: 'isOdd', module: 'is-odd' }],
		outputs: 1,
		wires: [['a4']],
	}),
	node('a4', 'http response', {}),
]);

/** A network namespace has no interface but its own loopback, and that is down at first. */
const makesNamespaces = spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

describeWithServer('iproute2 (and root, for unshare --net)', makesNamespaces ? 'unshare' : undefined, 'a bundle', () => {
	let folder: string;
	let office: string;
	let plant: string;
	let bundle: { snapshot: string; packages: number; nodeRed: boolean };
	const inOffice = (...args: string[]) => runCli(args, { cwd: office, env: { HOME: folder } });
	let port: number;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-bundle-test-'));
		[office, plant] = [join(folder, 'office'), join(folder, 'plant')];
		port = await freePort();
		const dev = join(office, 'dev');
		await mkdir(dev, { recursive: true });
		await mkdir(plant);
		const dependencies = { 'node-red-node-random': '0.4.1', 'is-odd': '3.0.1' };
		await writeFile(join(dev, 'package.json'), JSON.stringify({ name: 'node-red-project', version: '0.0.1', private: true, dependencies }));
		await lockPackages(dev, 120_000);
		await installLocked(dev, 120_000);
		await mkdir(join(dev, 'node_modules', 'node-red'));
		await writeFile(
			join(dev, 'node_modules', 'node-red', 'package.json'),
			(await readFile(nodeRed4, 'utf8')).replaceAll('node-red-4', 'node-red'),
		);
		await writeFile(join(dev, 'flows.json'), JSON.stringify(flows));
		const environments = { production: { mode: 'hot-spare', instances: 1, port, timeouts: { hungMs: 5000 } } };
		await writeFile(join(office, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments }));
		// No dev Node-RED over there.
		await writeFile(join(plant, 'flowferry.yaml'), JSON.stringify({ environments }));
		const created = await inOffice('bundle', 'create', '--out', join(plant, 'plant.bundle'), '--json');
		if (created.status !== 0) throw new Error(created.stderr);
		bundle = created.json();
	}, 600_000);
	afterAll(() => rm(folder, { recursive: true }));

	/** Runs shell lines with a loopback of their own and no other network; `flowferry` is the program. */
	async function offline(lines: string[]): Promise<Pick<CliResult, 'status' | 'stdout' | 'stderr'>> {
		const script = ['set -e', `flowferry() { node '${program}' "$@"; }`, 'ip link set lo up', ...lines].join('\n');
		const options = { cwd: plant, env: { HOME: plant, NO_COLOR: '1' }, reject: false, timeout: 300_000 } as const;
		const { exitCode, stdout, stderr } = await execa('unshare', ['--net', 'sh', '-c', script], options);
		return { status: exitCode ?? null, stdout, stderr };
	}

	it('holds Node-RED and the palette, with all that they depend on', async () => {
		expect(bundle.nodeRed).toBe(true);
		expect(bundle.packages).toBeGreaterThan(200);
	});

	it('is promoted where there is no network, Node-RED and palette from it alone, and serves', async () => {
		const { status, stdout, stderr } = await offline([
			// The cut is real: what a promotion without the bundle would ask for cannot be had, but from a cache that knows it from before.
			'if npm view is-odd version --fetch-retries=0 --cache .no-cache >/dev/null 2>&1; then echo "there is a network" >&2; exit 9; fi',
			'flowferry promote production --bundle plant.bundle --yes --json > promoted.json',
			`node -e 'fetch("http://127.0.0.1:${port}/roll").then((r) => r.text()).then((t) => require("fs").writeFileSync("rolled.json", t))'`,
			'flowferry down production --yes --json > down.json',
		]);
		expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
		const read = async (name: string) => JSON.parse(await readFile(join(plant, name), 'utf8'));
		expect(await read('promoted.json')).toMatchObject({ outcome: 'promoted', release: 1, snapshot: bundle.snapshot });
		expect(await read('rolled.json')).toEqual({ rolled: 7, odd: true });
		const environment = join(plant, '.flowferry', 'environments', 'production');
		expect(await readdir(join(environment, 'node-red'))).toEqual([JSON.parse(await readFile(nodeRed4, 'utf8')).version]);
	}, 300_000);

	it('without its packages, a promotion there says what is missing, and changes nothing', async () => {
		await rm(join(plant, '.flowferry'), { recursive: true });
		const { status, stderr } = await offline([
			'flowferry bundle import plant.bundle',
			'rm -r .flowferry/packages',
			'export npm_config_fetch_retries=0',
			`flowferry promote production --snapshot ${bundle.snapshot.slice(0, 12)} --yes`,
		]);
		expect(status).toBe(4);
		expect(stderr).toContain('npm cannot reach its registry');
		expect(existsSync(join(plant, '.flowferry/environments/production/slots/blue'))).toBe(false);
	});

	it('with a damaged package is refused before anything is taken in', async () => {
		await rm(join(plant, '.flowferry'), { recursive: true });
		const bytes = await readFile(join(plant, 'plant.bundle'));
		// Inside a package, and not in what tar puts between files.
		const inside = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08]), bytes.length / 2) + 100;
		bytes[inside] = bytes[inside]! ^ 1;
		await writeFile(join(plant, 'plant.bundle'), bytes);
		const { status, stderr } = await offline(['flowferry promote production --bundle plant.bundle --yes']);
		expect(status).toBe(2);
		expect(stderr).toMatch(/The bundle plant\.bundle is damaged: packages\/\S+\.tgz has been changed/);
		expect(existsSync(join(plant, '.flowferry/packages'))).toBe(false);
	});
});
