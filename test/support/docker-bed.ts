import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { Parser } from 'tar';
import { isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../src/lib/config/load.ts';
import { openSupply } from '../../src/lib/packages/supply.ts';
import { CONFIG_FILE } from '../../src/lib/targets/docker/container-options.ts';
import { DockerTarget } from '../../src/lib/targets/docker/docker-target.ts';
import { label, namesOf } from '../../src/lib/targets/docker/names.ts';
import { connectMachineEngine } from './describe-with-docker.ts';
import { freePort } from './gateway.ts';
import { childrenByParent, familyOf, startOf } from './processes.ts';
import { secretFinder } from './secret-sweep.ts';
import type { TargetBed } from './target-bed.ts';
import { bedKeys, PASSPHRASE } from './target-bed.ts';
import { testVault } from './vault.ts';

/** Images that beds share, and their owner removes. */
export interface BedImages {
	/** With Node-RED in it; nobody else's, so that what is built on it is the test's. */
	base: string;
	/** With HAProxy in it. */
	router: string;
}

let count = 0;

/** Instances as containers of this machine's own Engine, whose processes are seen from here. For root on Linux. */
export async function dockerBed(images: BedImages): Promise<TargetBed> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-target-'));
	const name = `ffw-bed-${process.pid}-${++count}`;
	const docker = { name, image: images.base, routerImage: images.router };
	const production = { ...bedKeys, target: 'docker', port: await freePort(), docker };
	const config = { dev: { userDir: 'dev' }, environments: { production } };
	const environment = environmentOf(parseConfig(JSON.stringify(config), 'flowferry.yaml', {}));
	const names = namesOf(environment);
	const engine = await connectMachineEngine();
	/** Volumes without a name that containers of the environment had: they carry no label of it. */
	const unnamed = new Set<string>();

	const open: TargetBed['open'] = async ({ environment: changes = {}, vault = testVault(PASSPHRASE) } = {}) =>
		new DockerTarget({
			environment: { ...environment, ...changes },
			engine: await connectMachineEngine(),
			packages: openSupply(join(folder, 'packages')),
			secrets: () => [],
			redact: (text) => text,
			vault,
		});

	async function containers(part?: 'instance' | 'router'): Promise<ContainerInspectInfo[]> {
		const labels = [`${label.environment}=${names.prefix}`, ...(part ? [`${label.part}=${part}`] : [])];
		const found = await engine.docker.listContainers({ all: true, filters: { label: labels } });
		const facts = await Promise.all(found.map(({ Id }) => inspect(engine.docker, Id)));
		const there = facts.filter((each) => each !== null);
		for (const { Mounts } of there) {
			for (const { Type, Name } of Mounts) if (Type === 'volume' && Name !== undefined && Name !== names.volume) unnamed.add(Name);
		}
		return there;
	}
	async function containerOf(instance: string): Promise<ContainerInspectInfo> {
		const found = await inspect(engine.docker, names.instance(instance));
		if (!found?.State.Running) throw new Error(`the container of ${instance} does not run`);
		return found;
	}
	/** The container's first process is the engine's init, which has one child. */
	async function runnerOf(instance: string): Promise<number> {
		const { State } = await containerOf(instance);
		const [runner, ...others] = (await childrenByParent()).get(State.Pid) ?? [];
		if (runner === undefined || others.length > 0) throw new Error(`${instance} has not one runner`);
		return runner;
	}
	async function running(instance?: string): Promise<string[]> {
		const found = [...(await containers('instance')), ...(instance === undefined ? await containers('router') : [])];
		const asked = instance === undefined ? found : found.filter(({ Name }) => Name === `/${names.instance(instance)}`);
		const children = await childrenByParent();
		const named = asked.flatMap(({ Name, State }) =>
			familyOf(State.Pid, children).map(async (pid) => ({ Name, pid, started: await startOf(pid) })),
		);
		return (await Promise.all(named))
			.filter(({ started }) => started !== null)
			.map(({ Name, pid, started }) => `process ${pid} of ${Name.slice(1)}, started at ${started}`)
			.toSorted();
	}
	/** The unnamed volumes of containers that are gone. */
	async function orphanedVolumes(): Promise<string[]> {
		const used = new Set((await containers()).flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name)));
		const { Volumes } = await engine.docker.listVolumes();
		return Volumes.map(({ Name }) => Name).filter((volume) => unnamed.has(volume) && !used.has(volume));
	}
	async function slotFiles(): Promise<string[]> {
		const files = await filesIn(engine.docker, names.keeper, '/flowferry/environment/slots');
		return files.map(({ path }) => path).filter((path) => path.split('/').length > 1);
	}

	return {
		environment,
		open,
		fetch: (path) => fetch(`http://127.0.0.1:${environment.port}${path}`),
		killRunner: async (instance) => {
			const pid = await runnerOf(instance);
			process.kill(pid, 'SIGKILL');
			if (!(await isGoneWithin(pid, 5000))) throw new Error(`the runner of ${instance} (${pid}) outlives SIGKILL`);
		},
		freezeRunner: async (instance) => {
			await engine.docker.getContainer((await containerOf(instance)).Id).pause();
		},
		stopByHand: async (instance) => {
			await engine.docker.getContainer((await containerOf(instance)).Id).stop();
		},
		removeByHand: async (instance) => {
			await engine.docker.getContainer((await containerOf(instance)).Id).remove({ force: true, v: true });
		},
		killRouter: async () => {
			const pid = (await inspect(engine.docker, names.router))?.State.Pid;
			if (!pid) throw new Error('there is no router');
			process.kill(pid, 'SIGKILL');
			if (!(await isGoneWithin(pid, 5000))) throw new Error(`the router (${pid}) outlives SIGKILL`);
		},
		running,
		leftovers: async () => {
			const parts = [...(await containers('instance')), ...(await containers('router'))].map(({ Name, Id }) => `container ${Name} ${Id}`);
			// A finished image is kept for the next release like it; a half one is not.
			const halves = await engine.docker.listImages({ filters: { label: [`org.flowferry.base=${images.base}`], dangling: ['true'] } });
			const others = [...halves.map(({ Id }) => `image ${Id}`), ...(await orphanedVolumes()).map((volume) => `volume ${volume}`)];
			return [...(await running()), ...parts, ...others, ...(await slotFiles())].toSorted();
		},
		secretsAtRest: async (texts) => {
			const find = secretFinder(texts);
			const leaks: string[] = [];
			const look = (place: string, content: Buffer) => leaks.push(...find(content).map((found) => `${place}: ${found}`));
			for (const { path, content } of await filesIn(engine.docker, names.keeper, '/flowferry/environment')) look(`volume ${path}`, content);
			const found = await containers();
			for (const facts of found) {
				look(`inspect ${facts.Name}`, Buffer.from(JSON.stringify(facts)));
				const logs = await engine.docker.getContainer(facts.Id).logs({ stdout: true, stderr: true, follow: false });
				look(`logs ${facts.Name}`, logs);
				for (const { path, content } of await ownFiles(engine.docker, facts.Id)) look(`layer of ${facts.Name}: ${path}`, content);
			}
			for (const image of new Set(found.map(({ Image }) => Image))) {
				look(`inspect ${image}`, Buffer.from(JSON.stringify(await engine.docker.getImage(image).inspect())));
			}
			const releases = [...new Set((await containers('instance')).map(({ Image }) => Image))];
			for (const { path, content } of await layersOf(engine.docker, releases, images.base)) look(`layer ${path}`, content);
			return leaks;
		},
		dispose: async () => {
			await containers();
			const target = (await open()) as DockerTarget;
			await target.remove().finally(() => target.close());
			const filters = { label: [`${label.environment}=${names.prefix}`] };
			const [kept, networks, { Volumes }] = await Promise.all([
				containers(),
				engine.docker.listNetworks({ filters }),
				engine.docker.listVolumes({ filters }),
			]);
			const left = [...kept.map(({ Name }) => Name), ...networks.map(({ Name }) => Name), ...Volumes.map(({ Name }) => Name)];
			left.push(...(await orphanedVolumes()));
			engine.close();
			await rm(folder, { recursive: true });
			if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
		},
	};
}

async function inspect(docker: Docker, name: string): Promise<ContainerInspectInfo | null> {
	return await docker
		.getContainer(name)
		.inspect()
		.catch((error: { statusCode?: number }) => {
			if (error.statusCode === 404) return null;
			throw error;
		});
}

interface FoundFile {
	path: string;
	content: Buffer;
}

/** The files of a folder within a container; none where it is not there. */
async function filesIn(docker: Docker, container: string, folder: string): Promise<FoundFile[]> {
	let archive: NodeJS.ReadableStream;
	try {
		archive = await docker.getContainer(container).getArchive({ path: folder });
	} catch (error) {
		if ((error as { statusCode?: number }).statusCode === 404) return [];
		throw error;
	}
	return await filesOf(archive);
}

async function filesOf(archive: NodeJS.ReadableStream): Promise<FoundFile[]> {
	const found: Promise<FoundFile>[] = [];
	const parser = new Parser({
		onReadEntry: (entry) => {
			if (entry.type === 'File') found.push(entry.concat().then((content) => ({ path: entry.path, content })));
			else entry.resume();
		},
	});
	await new Promise((resolve, reject) => {
		parser.on('end', resolve);
		parser.on('error', reject);
		archive.on('error', reject).pipe(parser as unknown as NodeJS.WritableStream);
	});
	return await Promise.all(found);
}

/** What a container has on top of its image, without the file that is to have secrets. */
async function ownFiles(docker: Docker, container: string): Promise<FoundFile[]> {
	const changes = (await docker.getContainer(container).changes()) as { Path: string; Kind: number }[] | null;
	const changed = (changes ?? []).filter(({ Path, Kind }) => Kind !== 2 && Path !== CONFIG_FILE).map(({ Path }) => Path);
	// A folder would bring all that is in it.
	const files = changed.filter(
		(path) => !changed.some((other) => other.startsWith(`${path}/`)) && CONFIG_FILE.startsWith(`${path}/`) === false,
	);
	return (await Promise.all(files.map((path) => filesIn(docker, container, path)))).flat();
}

/** The layers of images as they were saved, without those of their base, which is older than any secret; and what else an image has. */
async function layersOf(docker: Docker, names: readonly string[], base: string): Promise<FoundFile[]> {
	const known = new Set((await docker.getImage(base).inspect()).RootFS.Layers);
	const saved = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
		const path = `/images/get?${names.map((name) => `names=${encodeURIComponent(name)}&`).join('')}`;
		docker.modem.dial({ path, method: 'GET', isStream: true, statusCodes: { 200: true } }, (error, answer) =>
			error ? reject(error as Error) : resolve(answer as NodeJS.ReadableStream),
		);
	});
	const found: FoundFile[] = [];
	let skipped = 0;
	for (const { path, content } of await filesOf(saved)) {
		const isKnown = known.has(`sha256:${createHash('sha256').update(content).digest('hex')}`);
		if (isKnown) skipped++;
		else found.push({ path, content });
	}
	// A search that takes every layer for the base's, or sees none, finds nothing.
	const sees = (text: string) => found.some(({ content }) => content.includes(text));
	if (skipped === 0 || !sees('flowferry/release/flows.json') || !sees('http response'))
		throw new Error('the layers of the images cannot be read');
	return found;
}
