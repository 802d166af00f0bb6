import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { packArchive, readOnlyFile } from '../../../../src/lib/targets/docker/archive.ts';
import { dockerfileOf } from '../../../../src/lib/targets/docker/image/build.ts';
import { describeStep, NOTHING_BUILT, readBuildEvent } from '../../../../src/lib/targets/docker/image/build-log.ts';
import { assertBuiltFor, snapshotOf } from '../../../../src/lib/targets/docker/image/check-image.ts';
import { digest12, releaseTag, runtimeTag, splitTag, understand } from '../../../../src/lib/targets/docker/image/names.ts';
import { fileTimeOf, paletteFiles } from '../../../../src/lib/targets/docker/image/palette-files.ts';
import { choosePrunedImages } from '../../../../src/lib/targets/docker/image/prune-images.ts';
import { describePull, readPullEvent } from '../../../../src/lib/targets/docker/image/pull.ts';
import { unfitness } from '../../../../src/lib/targets/docker/image/runtime-image.ts';

describe("a build's context", () => {
	const files = [
		{ path: 'root/b', content: 'two' },
		{ path: 'root/a/x', content: Buffer.from('one'), mode: 0o400, owner: 1000 },
	];

	it('is the same bytes for the same files, in whatever order', async () => {
		const packed = await buffer(packArchive(files));
		expect(await buffer(packArchive([...files].reverse()))).toEqual(packed);
		expect(packed.length % 512).toBe(0);
		expect(packed.subarray(0, 5).toString()).toBe('root/');
	});

	it('gives a file back as it was', async () => {
		const packed = await buffer(packArchive([{ path: 'x', content: 'y'.repeat(1000) }]));
		expect((await readOnlyFile(Readable.from([packed]))).toString()).toBe('y'.repeat(1000));
	});

	it('refuses a name that its headers cannot hold', async () => {
		await expect(buffer(packArchive([{ path: 'x'.repeat(200), content: '' }]))).rejects.toThrow('too long');
	});
});

describe('the Dockerfiles', () => {
	it('end as an ordinary user, with the flows last', async () => {
		const runtime = await dockerfileOf('runtime');
		expect(runtime.match(/^USER .*$/gm)?.at(-1)).toBe('USER 1000:1000');
		expect((await dockerfileOf('release')).trim().split('\n').at(-1)).toBe('COPY root/ /');
		expect(await dockerfileOf('palette')).toMatch(/npm ci --offline/);
	});
});

describe("the builder's answer", () => {
	const read = (...events: object[]) => events.reduce<typeof NOTHING_BUILT>((log, event) => readBuildEvent(log, event), NOTHING_BUILT);

	it('tells the step, what it printed, and what was built', () => {
		const log = read(
			{ stream: 'Step 1/2 : FROM a AS install' },
			{ stream: '\n' },
			{ stream: ' ---> aaaaaaaaaaaa\n' },
			{ stream: 'Step 2/2 : RUN npm ci' },
			{ stream: ' ---> Running in bbbbbbbbbbbb\n' },
			{ stream: '\u001b[91mnpm error code 1\n\u001b[0m' },
		);
		expect(log).toMatchObject({
			step: { number: 2, of: 2, instruction: 'RUN npm ci' },
			output: 'npm error code 1\n',
			layer: 'aaaaaaaaaaaa',
		});
		expect(readBuildEvent(log, { error: 'returned 1' }).error).toBe('returned 1');
		expect(readBuildEvent(log, { aux: { ID: 'sha256:c' } }).image).toBe('sha256:c');
	});

	it('tells the images of the stages before the last', () => {
		const log = read(
			{ stream: 'Step 1/3 : FROM a AS install' },
			{ stream: ' ---> aaaaaaaaaaaa\n' },
			{ stream: 'Step 2/3 : RUN b' },
			{ stream: ' ---> bbbbbbbbbbbb\n' },
			{ stream: 'Step 3/3 : FROM c' },
			{ stream: ' ---> cccccccccccc\n' },
		);
		expect(log).toMatchObject({ stages: ['bbbbbbbbbbbb'], layer: 'cccccccccccc' });
	});

	it('is understood in the words of Podman, too', () => {
		const log = read(
			{ stream: '[1/2] STEP 1/2: FROM a AS install\n' },
			{ stream: '[1/2] STEP 2/2: RUN npm pack\n' },
			{ stream: '--> Using cache bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n' },
			{ stream: '--> bbbbbbbbbbb\n' },
			{ stream: '[2/2] STEP 1/2: FROM c\n' },
			{ stream: '[2/2] STEP 2/2: RUN npm ci\n' },
			{ stream: 'npm error code 1\n' },
		);
		expect(log).toMatchObject({
			step: { number: 2, of: 2, instruction: 'RUN npm ci' },
			output: 'npm error code 1\n',
			stages: ['bbbbbbbbbbb'],
		});
	});

	it('takes no step of a program that it runs for one of its own', () => {
		const log = read({ stream: 'Step 2/2 : RUN npm ci\n' }, { stream: 'Step 1/5: compiling\n' }, { stream: 'step 2/5 : linking\n' });
		expect(log).toMatchObject({ step: { number: 2, of: 2 }, output: 'Step 1/5: compiling\nstep 2/5 : linking\n' });
	});

	it('is shown as one short line a step', () => {
		expect(describeStep({ number: 3, of: 7, instruction: 'RUN npm ci' })).toBe('step 3/7: RUN npm ci');
		expect(describeStep({ number: 3, of: 7, instruction: `RUN ${'x'.repeat(100)}` })).toHaveLength('step 3/7: '.length + 60);
	});

	it('tells why a base does not fit', () => {
		const step = { number: 6, of: 9, instruction: 'RUN ["node", "x"]' };
		expect(unfitness({ step, output: 'unfit: its Node.js is 20.1.0', message: 'returned 1' })).toBe('its Node.js is 20.1.0');
		expect(unfitness({ step, output: '', message: 'exec: "node": executable file not found in $PATH' })).toContain('no Node.js');
		expect(unfitness({ step, output: '', message: 'killed' })).toBeNull();
		expect(unfitness({ step: null, output: '', message: 'executable file not found' })).toBeNull();
	});
});

describe("a pull's answer", () => {
	it('is counted by layers', () => {
		const events = [
			{ status: 'Pulling from x', id: '5' },
			{ status: 'Downloading', id: 'a' },
			{ status: 'Already exists', id: 'b' },
		];
		const layers = events.reduce<ReadonlyMap<string, boolean>>((known, event) => readPullEvent(known, event), new Map());
		expect(describePull(layers)).toBe('1 of 2 layers');
		expect(describePull(readPullEvent(layers, { status: 'Pull complete', id: 'a' }))).toBe('2 of 2 layers');
	});
});

describe('names', () => {
	it('differ with what an image is made from', () => {
		expect(runtimeTag(['a', 'bc'])).not.toBe(runtimeTag(['ab', 'c']));
		expect(releaseTag('f'.repeat(64), ['x'])).toBe(`flowferry/release:ffffffffffff-${digest12(['x'])}`);
	});

	it.each([
		['plant', { repo: 'plant', tag: 'latest' }],
		['plant:7', { repo: 'plant', tag: '7' }],
		['registry.example:5000/plant', { repo: 'registry.example:5000/plant', tag: 'latest' }],
		['registry.example:5000/plant:7', { repo: 'registry.example:5000/plant', tag: '7' }],
	])('%s has a repository and a tag', (name, parts) => {
		expect(splitTag(name)).toEqual(parts);
	});

	it.each([
		['0.1.0', '0.1.9', true],
		['0.1.0', '0.2.0', false],
		['1.0.0', '1.9.0', true],
		['1.0.0', '2.0.0', false],
	])('%s and %s understand each other: %s', (one, other, expected) => {
		expect(understand(one, other)).toBe(expected);
	});
});

describe("a palette's files", () => {
	it('are named by their hash, in the lock too', () => {
		const lock = JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-A' } } });
		const files = paletteFiles('{}', { lock, tarballs: new Map([['sha512-A', '/kept/a.tgz']]) });
		const tarball = files.find(({ path }) => path.startsWith('tarballs/'));
		expect(tarball?.content).toEqual({ file: '/kept/a.tgz' });
		expect(files[1]?.content).toContain(`file:/flowferry/${tarball?.path}`);
	});

	it('have a time by their lock', () => {
		expect(fileTimeOf('a')).toBe(fileTimeOf('a'));
		expect(fileTimeOf('a')).not.toBe(fileTimeOf('b'));
		expect(Number(fileTimeOf('a')) * 1000).toBeLessThan(Date.parse('2020-01-03'));
	});
});

describe('an image from elsewhere', () => {
	const labels = { 'org.flowferry.image': 'release', 'org.flowferry.snapshot': 'a'.repeat(64), 'org.flowferry.version': '0.1.3' };

	it('serves where its labels fit', () => {
		expect(snapshotOf('x', labels, '0.1.0')).toBe('a'.repeat(64));
	});

	it.each([
		['a stranger', {}, '0.1.0'],
		['one without flows', { ...labels, 'org.flowferry.image': 'palette' }, '0.1.0'],
		['one of another flowferry', labels, '0.2.0'],
	])('is refused: %s', (_, found, version) => {
		const hint = expect.stringContaining('flowferry image build');
		expect(() => snapshotOf('x', found, version)).toThrow(expect.objectContaining({ code: 'IMAGE_UNFIT', hint }));
	});

	it('is for its own snapshot alone', () => {
		const image = { id: 'sha256:1', name: 'x', snapshot: 'a'.repeat(64) };
		expect(() => assertBuiltFor(image, { id: 'a'.repeat(64) })).not.toThrow();
		const hint = expect.stringContaining('flowferry image build --snapshot bbbbbbb');
		expect(() => assertBuiltFor(image, { id: 'b'.repeat(64) })).toThrow(expect.objectContaining({ code: 'IMAGE_DIFFERS', hint }));
	});
});

describe('pruning', () => {
	const image = (id: string, kind: string, more: Record<string, string>, tags = [`flowferry/${kind}:${id}`]) => ({
		...{ id, tags, ageMs: 7_200_000 },
		labels: { 'org.flowferry.image': kind, 'org.flowferry.runtime': 'r', ...more },
	});
	const release = (id: string, snapshot: string, palette: string, tags?: string[]) =>
		image(id, 'release', { 'org.flowferry.snapshot': snapshot, 'org.flowferry.palette': palette }, tags);
	const palette = (id: string, digest: string) => image(id, 'palette', { 'org.flowferry.palette': digest });

	it('leaves what is kept, what runs, and their palettes', () => {
		const images = [
			release('1', 'a', 'p'),
			release('2', 'b', 'q'),
			release('3', 'c', 's'),
			palette('p', 'p'),
			palette('q', 'q'),
			palette('s', 's'),
		];
		expect(choosePrunedImages(images, new Set(['2']), new Set(['a']))).toEqual(['flowferry/release:3', 'flowferry/palette:s']);
	});

	it('leaves a palette whose release is still being built', () => {
		expect(choosePrunedImages([{ ...palette('p', 'p'), ageMs: 1000 }], new Set(), new Set())).toEqual([]);
	});

	it('leaves a release whose containers are still being made', () => {
		const young = { ...release('1', 'a', 'p'), ageMs: 1000 };
		expect(choosePrunedImages([young, palette('p', 'p')], new Set(), new Set())).toEqual([]);
		expect(choosePrunedImages([young], new Set(), new Set(), 1000)).toEqual(['flowferry/release:1']);
	});

	it('takes its own names alone, and images whose name a later build has taken', () => {
		const images = [release('1', 'a', 'p', ['flowferry/release:1', 'plant:7']), release('2', 'b', 'p', []), image('3', 'runtime', {})];
		expect(choosePrunedImages(images, new Set(), new Set(['b']))).toEqual(['flowferry/release:1', '2']);
	});

	it('knows its own names where Podman names the registry, and none of another registry', () => {
		const images = [release('1', 'a', 'p', ['docker.io/flowferry/release:1', 'registry.example/flowferry/release:1'])];
		expect(choosePrunedImages(images, new Set(), new Set())).toEqual(['docker.io/flowferry/release:1']);
	});
});
