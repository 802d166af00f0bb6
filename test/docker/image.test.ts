import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { openSupply, type PackageSupply } from '../../src/lib/packages/supply.ts';
import { contentId } from '../../src/lib/snapshot/identity.ts';
import type { SnapshotContent } from '../../src/lib/snapshot/snapshot.ts';
import { assertBuiltFor, readGivenImage } from '../../src/lib/targets/docker/image/check-image.ts';
import { eventsOf } from '../../src/lib/targets/docker/image/engine-events.ts';
import { pruneImages } from '../../src/lib/targets/docker/image/prune-images.ts';
import { ensureReleaseImage, type ReleaseRequest } from '../../src/lib/targets/docker/image/release-image.ts';
import { ensureRuntimeImage } from '../../src/lib/targets/docker/image/runtime-image.ts';
import { describeWithDocker } from '../support/describe-with-docker.ts';
import { builtOn, ownBase, runIn } from '../support/docker.ts';
import { type NpmRegistry, startRegistry } from '../support/npm-registry.ts';

jest.setTimeout(300_000);

const docker = new Docker();
const quiet = () => {};

/** A palette module in a registry of its own, which npm asks here; in the image it asks nobody. */
async function withModule<T>(folder: string, manifest: object, work: () => Promise<T>): Promise<T> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
	await writeFile(join(folder, 'index.js'), "module.exports = 'loaded';\n");
	const registry: NpmRegistry = await startRegistry(folder);
	const before = process.env.npm_config_registry;
	process.env.npm_config_registry = registry.url;
	try {
		return await work();
	} finally {
		if (before === undefined) delete process.env.npm_config_registry;
		else process.env.npm_config_registry = before;
		await registry.stop();
	}
}

function snapshotOf(module: string, text: string, nodeRed = '5.0.7') {
	const content: SnapshotContent = {
		flows: [{ id: 't1', type: 'tab', label: text }],
		palette: [{ name: module, version: '1.0.0', types: [] }],
		nodeRed: { version: nodeRed },
	};
	return { id: contentId(content), content };
}

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

describeWithDocker('images', () => {
	let folder: string;
	let base: string;
	let supply: PackageSupply;
	const own = `ffw-image-module-${process.pid}`;
	const request = (text: string, more: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
		...{ snapshot: snapshotOf(own, text), base, supply, progress: quiet },
		...more,
	});

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-image-'));
		base = await ownBase(docker, 'ffw-image-base');
		supply = openSupply(join(folder, 'packages'));
		const manifest = {
			name: own,
			version: '1.0.0',
			main: 'index.js',
			scripts: { install: 'node -e "fs.writeFileSync(\'by-script\', String(process.getuid()))"' },
		};
		await withModule(join(folder, 'module'), manifest, () => ensureReleaseImage(docker, request('first')));
	});
	afterAll(async () => {
		for (const name of await builtOn(docker, base)) await docker.getImage(name).remove();
		expect(await builtOn(docker, base)).toEqual([]);
		await docker.getImage(base).remove();
		await rm(folder, { recursive: true });
	});

	it('hold runtime, palette and flows, run as an ordinary user, and hold no more', async () => {
		const { id, tag } = await ensureReleaseImage(docker, request('first'));
		const program = `console.log(JSON.stringify([process.getuid(), process.getgid(), require('/flowferry/palette/node_modules/${own}'),
			fs.readFileSync('/flowferry/palette/node_modules/${own}/by-script', 'utf8'),
			JSON.parse(fs.readFileSync('/flowferry/release/flows.json')),
			fs.statSync('/flowferry/environment').uid, fs.statSync('/flowferry/environment').mode.toString(8),
			fs.existsSync('/flowferry/tarballs'), fs.readdirSync('/flowferry').sort()]))`;
		expect(JSON.parse(await runIn(docker, id, ['node', '-e', program]))).toEqual([
			...[1000, 1000, 'loaded', '1000'],
			[{ id: 't1', type: 'tab', label: 'first' }],
			...[1000, '40700', false],
			['dist', 'environment', 'package.json', 'palette', 'release', 'templates'],
		]);
		const { Config } = await docker.getImage(tag).inspect();
		expect(Config.User).toBe('1000:1000');
		expect(Config.Entrypoint).toEqual(['node', '/flowferry/dist/runner/main.js', '--config', '/flowferry/instance.json']);
		expect(Config.Healthcheck?.Test).toEqual(['CMD', 'node', '/flowferry/dist/runner/health.js', '/flowferry/instance.json']);
		expect(Config.Labels).toMatchObject({ 'org.flowferry.nodeRed': '5.0.7', 'org.flowferry.snapshot': snapshotOf(own, 'first').id });
	});

	it('have programs in them that find all that they need', async () => {
		const { id } = await ensureReleaseImage(docker, request('first'));
		expect(await runIn(docker, id, ['node', '/flowferry/dist/runner/health.js', '/nowhere.json'])).toContain('ENOENT');
		const shared =
			"for (const f of fs.readdirSync('/flowferry/dist/shared')) await import('/flowferry/dist/shared/' + f); console.log('all load')";
		expect(await runIn(docker, id, ['node', '--input-type=module', '-e', `import fs from 'node:fs'; ${shared}`])).toContain('all load');
	});

	it('are built once, and by the same bytes', async () => {
		const steps: string[] = [];
		const before = await builtOn(docker, base);
		const first = await ensureReleaseImage(docker, request('first', { progress: (message) => steps.push(message) }));
		expect(steps).toEqual([]);
		expect(await builtOn(docker, base)).toEqual(before);
		const layersOf = async (id: string) => (await docker.getImage(id).inspect()).RootFS.Layers as string[];
		const layers = await layersOf(first.id);
		const again = await ensureReleaseImage(docker, request('first', { noCache: true, progress: (message) => steps.push(message) }));
		expect(steps).toContainEqual(expect.stringMatching(/^step \d+\/\d+: RUN HOME=\/tmp npm ci --offline/));
		expect(again.id).not.toBe(first.id);
		const others = (await layersOf(again.id)).filter((layer) => !layers.includes(layer));
		// The palette's folder itself has the time of its copy.
		expect(others.length).toBeLessThanOrEqual(1);
		const times =
			"fs.readdirSync('/flowferry/palette/node_modules', { recursive: true }).map((f) => f + fs.lstatSync('/flowferry/palette/node_modules/' + f).mtimeMs).join()";
		const files = ['node', '-p', times];
		expect(await runIn(docker, again.id, files)).toBe(await runIn(docker, first.id, files));
	});

	it('cost one small layer more where only the flows differ', async () => {
		const timed = async (build: () => Promise<unknown>) => {
			const start = performance.now();
			await build();
			return performance.now() - start;
		};
		const [whole, flows]: [number[], number[]] = [[], []];
		for (const run of ['a', 'b', 'c']) {
			whole.push(await timed(() => ensureReleaseImage(docker, request('whole', { noCache: true }))));
			flows.push(await timed(() => ensureReleaseImage(docker, request(`flows ${run}`))));
		}
		process.stdout.write(
			`image: whole build ${Math.round(median(whole))} ms, other flows ${Math.round(median(flows))} ms (medians of 3)\n`,
		);
		expect(median(flows)).toBeLessThan(median(whole) / 2);
	});

	it('get the name that was asked for, and are known again by it', async () => {
		const tag = `ffw-image-named:${process.pid}`;
		const snapshot = snapshotOf(own, 'first');
		const built = await ensureReleaseImage(docker, request('first', { tag }));
		expect(built.tag).toBe(tag);
		try {
			const given = await readGivenImage(docker, tag);
			expect(given).toEqual({ id: built.id, name: tag, snapshot: snapshot.id });
			expect(() => assertBuiltFor(given, snapshotOf(own, 'other'))).toThrow(expect.objectContaining({ code: 'IMAGE_DIFFERS' }));
			await expect(readGivenImage(docker, base)).rejects.toMatchObject({ code: 'IMAGE_UNFIT' });
		} finally {
			await docker.getImage(tag).remove();
		}
		await expect(ensureReleaseImage(docker, request('first', { tag: 'Upper Case' }))).rejects.toMatchObject({ code: 'IMAGE_TAG_INVALID' });
	});

	it('that nobody needs are removed, and no other', async () => {
		const [kept, gone, running] = [snapshotOf(own, 'kept'), snapshotOf(own, 'gone'), snapshotOf(own, 'running')];
		const [keptImage, goneImage, runningImage] = await Promise.all(
			[kept, gone, running].map((snapshot) => ensureReleaseImage(docker, request('', { snapshot }))),
		);
		// The images of whoever else works on this engine are to stay.
		const others = (await docker.listImages({ filters: { label: ['org.flowferry.snapshot'] } })).map(
			({ Labels }) => Labels['org.flowferry.snapshot'] as string,
		);
		const keep = others.filter((id) => id !== gone.id && id !== running.id);
		const container = await docker.createContainer({ Image: runningImage!.id });
		try {
			expect(await pruneImages(docker, { keep, settledMs: 0 })).toContain(goneImage!.tag);
			expect(await builtOn(docker, base)).toEqual(expect.arrayContaining([keptImage!.tag, runningImage!.tag]));
			expect(await builtOn(docker, base)).not.toContain(goneImage!.tag);
		} finally {
			await container.remove({ v: true });
		}
	});

	it('are refused where the base has another Node-RED', async () => {
		await expect(ensureReleaseImage(docker, request('', { snapshot: snapshotOf(own, 'x', '4.1.2') }))).rejects.toMatchObject({
			code: 'NODE_RED_VERSION',
			message: expect.stringMatching(/ffw-image-base.* has Node-RED 5\.0\.7.* from 4\.1\.2/),
		});
	});

	it('are refused where there is no base', async () => {
		await expect(ensureRuntimeImage(docker, { base: 'ffw-image/nowhere:1', progress: quiet })).rejects.toMatchObject({
			code: 'IMAGE_UNAVAILABLE',
			message: expect.stringContaining('ffw-image/nowhere:1'),
		});
	});

	it('are refused where the base has no Node-RED, or no Node.js', async () => {
		const empty = `ffw-image-empty:${process.pid}`;
		const answer = await docker.importImage(Readable.from([Buffer.alloc(1024)]) as unknown as string, {
			repo: empty.split(':')[0],
			tag: empty.split(':')[1],
		});
		for await (const _ of eventsOf(answer));
		const noNode = await ownBase(docker, 'ffw-image-nonode', `${base}\nENV PATH=/nowhere`);
		try {
			await expect(ensureRuntimeImage(docker, { base: empty, progress: quiet })).rejects.toMatchObject({
				code: 'IMAGE_BASE_UNFIT',
				message: expect.stringContaining('no Node-RED'),
			});
			await expect(ensureRuntimeImage(docker, { base: noNode, progress: quiet })).rejects.toMatchObject({
				code: 'IMAGE_BASE_UNFIT',
				message: expect.stringContaining('no Node.js'),
			});
			expect(await builtOn(docker, noNode)).toEqual([]);
		} finally {
			for (const name of [empty, noNode]) await docker.getImage(name).remove();
		}
	});

	it("end in npm's own words where a module does not install, without secrets, and with nothing left", async () => {
		const broken = `ffw-image-broken-${process.pid}`;
		const manifest = { name: broken, version: '1.0.0', scripts: { install: 'echo no compiler for hunter2hunter2 >&2; exit 3' } };
		const redact = (text: string) => text.replaceAll('hunter2hunter2', '***');
		const count = async () => (await docker.listImages({ filters: { label: ['org.flowferry.image=stage'] } })).length;
		const [before, stages] = [await builtOn(docker, base), await count()];
		const build = () => ensureReleaseImage(docker, request('', { snapshot: snapshotOf(broken, 'x'), redact }));
		const error = await withModule(join(folder, 'broken'), manifest, () => build().catch((failure) => failure));
		expect(error).toMatchObject({ code: 'INSTALL_FAILED', message: expect.stringContaining(broken) });
		expect(error.message).not.toContain('hunter2');
		expect(await builtOn(docker, base)).toEqual(before);
		expect(await count()).toBe(stages);
	});
});
