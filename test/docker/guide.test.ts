import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { runCli } from '../support/cli.ts';
import { describeWithDockerAnd } from '../support/describe-with-docker.ts';
import { followGuide } from '../support/follow-guide.ts';
import { freePort } from '../support/gateway.ts';
import { buildHaproxyImage } from '../support/haproxy-image.ts';

jest.setTimeout(600_000);

const TEN_MINUTES_MS = 600_000;
const PREFIX = 'flowferry-production';
/** There it is a program of its own. */
const DEBIANS_COMPOSE = 'docker() { if [ "$1" = compose ]; then shift; docker-compose "$@"; else command docker "$@"; fi; }';

describeWithDockerAnd('docker-compose', 'the guide from compose to flowferry', () => {
	const docker = new Docker();
	let folder: string;
	let images: Set<string>;
	const tagged: string[] = [];
	/** The guide's own. */
	const snapshots = new Set<string>();

	const imageIds = async () => new Set((await docker.listImages()).map(({ Id }) => Id));
	const isThere = (image: string) =>
		docker
			.getImage(image)
			.inspect()
			.then(
				() => true,
				() => false,
			);

	beforeAll(async () => {
		// The guide's names are those that a user's own production has by default.
		const found = await docker.listContainers({ all: true, filters: { name: [`^/${PREFIX}-`] } });
		if (found.length > 0) throw new Error(`this engine has containers called ${PREFIX}-… already: the guide is not tried here`);
		folder = await mkdtemp(join(tmpdir(), 'ffw-guide-'));
		images = await imageIds();
		for (const image of ['haproxy:lts', 'nodered/node-red:5']) {
			if (await isThere(image)) continue;
			if (image !== 'haproxy:lts') throw new Error(`this test needs the image ${image}`);
			tagged.push(await buildHaproxyImage(docker, image));
		}
	});

	afterAll(async () => {
		// Where all went well, nothing of this is left.
		const left = await docker.listContainers({ all: true, filters: { name: [`^/${PREFIX}-`, `^/${basename(folder).toLowerCase()}_`] } });
		for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true });
		const things = [
			docker.getNetwork(PREFIX),
			docker.getNetwork(`${basename(folder).toLowerCase()}_default`),
			docker.getVolume(`${PREFIX}-state`),
		];
		const removed = await Promise.all(things.map((thing) => thing.remove().then(...whetherThere)));
		for (const { Id, Labels } of await docker.listImages({ filters: { label: ['org.flowferry.snapshot'] } })) {
			if (!images.has(Id) && snapshots.has(Labels['org.flowferry.snapshot'] ?? '')) await docker.getImage(Id).remove({ force: true });
		}
		for (const image of tagged) await docker.getImage(image).remove();
		await rm(folder, { recursive: true });
		expect(left.map(({ Names }) => Names)).toEqual([]);
		expect(removed).toEqual([false, false, false]);
	});

	it('does what it promises, in less than ten minutes', async () => {
		const ports = { 1880: await freePort(), 8080: await freePort() };
		const here = (text: string) =>
			text
				.replaceAll('127.0.0.1:1880', `127.0.0.1:${ports[1880]}`)
				.replaceAll(/127\.0\.0\.1:8080|port: 8080/g, (found) => found.replace('8080', String(ports[8080])));
		try {
			const tookMs = await followGuide('from-compose-to-flowferry.md', folder, [DEBIANS_COMPOSE], here);
			const answers = (await readFile(join(folder, 'answers.txt'), 'utf8')).trim().split('\n');
			expect(new Set(answers)).toEqual(new Set(['version 1', 'version 2']));
			process.stderr.write(`The guide took ${Math.round(tookMs / 1000)} s, with ${answers.length} requests during the change.\n`);
			expect(tookMs).toBeLessThan(TEN_MINUTES_MS);
		} finally {
			const listed = (await runCli(['snapshot', 'list', '--json'], { cwd: folder, env: { HOME: folder } })).json();
			for (const { id } of listed.snapshots) snapshots.add(id);
		}
	});
});

/** Whether there was one to remove. */
const whetherThere = [() => true, () => false] as const;
