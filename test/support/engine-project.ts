import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { type CliResult, runCli } from './cli.ts';
import { builtOn, ownBase } from './docker.ts';
import { freePort } from './gateway.ts';
import { buildHaproxyImage } from './haproxy-image.ts';
import { until } from './until.ts';

/** Images that nobody else has, so that what is built from them is the test's alone. */
export interface ProjectImages {
	/** With Node-RED in it. */
	base: string;
	/** With HAProxy in it. */
	router: string;
	/** Removes them, and whatever was built from them. */
	remove(): Promise<void>;
}

/** @param name of the test: `ffw-remove` */
export async function projectImages(docker: Docker, name: string): Promise<ProjectImages> {
	const base = await ownBase(docker, `${name}-base`);
	const router = await buildHaproxyImage(docker, `${name}-haproxy:${process.pid}`);
	return {
		base,
		router,
		remove: async () => {
			// What was built from another one goes first.
			const built = (await builtOn(docker, base)).sort((a, b) => rank(a) - rank(b));
			for (const image of [...built, base, router]) await docker.getImage(image).remove({ force: true });
		},
	};
}

const rank = (image: string) => ['runtime', 'palette', 'release'].findIndex((kind) => image.includes(`flowferry/${kind}:`)) * -1;

/** A command that takes so long hangs: what it has said by then is told. */
const HANGS_MS = 120_000;

/** How many things of an environment an engine has. */
export interface Things {
	containers: number;
	networks: number;
	volumes: number;
	/** Of releases, built on the project's base. */
	releases: number;
}

/** A user's project whose production runs on a Docker Engine. */
export interface DockerProject {
	folder: string;
	port: number;
	/** Where production serves. */
	url: string;
	setFlows(flows: FlowNode[]): Promise<void>;
	/** Replaces keys of production. */
	configure(environment: Record<string, unknown>): Promise<void>;
	cli(...args: string[]): Promise<CliResult>;
	/** The same, with `--json`; fails the test where it does not end with the status. */
	done(status: number, ...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
	things(): Promise<Things>;
	/** Waits until it serves with everything that it has, by its own word. */
	serving(): Promise<void>;
	/** The same, where a test that failed may have left it paused, cut off, ended or half promoted: no other is to fail for it. */
	mended(): Promise<void>;
	/** The same from another machine, which has the configuration alone: neither a store of snapshots nor a dev Node-RED. */
	elsewhere(): Promise<Pick<DockerProject, 'folder' | 'cli' | 'done'>>;
	/** Removes what the engine still has of it, and the folder. */
	dispose(): Promise<void>;
}

export interface ProjectOptions {
	/** What the names of all its things begin with. */
	name: string;
	images: Pick<ProjectImages, 'base' | 'router'>;
	/** Keys of production, on top. */
	environment?: Record<string, unknown>;
	/** Keys of its `docker` section, on top. */
	docker?: Record<string, unknown>;
	/** Of the command's environment. */
	env?: Record<string, string>;
	/** Where the router listens, as seen from here too; default: loopback. */
	host?: string;
}

/** @param docker the engine, from the test's side */
export async function createDockerProject(docker: Docker, options: ProjectOptions): Promise<DockerProject> {
	const { name, images, env = {}, host = '127.0.0.1' } = options;
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-docker-'));
	const port = await freePort();
	await mkdir(join(folder, 'dev'));
	const configure = (keys: Record<string, unknown>) => {
		const section = { name, image: images.base, routerImage: images.router, ...options.docker };
		const plain = { mode: 'hot-spare', target: 'docker', instances: 1, host, port, docker: section, timeouts: { hungMs: 5000 } };
		const production = { ...plain, ...options.environment, ...keys };
		// JSON is YAML.
		return writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	};
	const cli = (...args: string[]) => runCli(args, { cwd: folder, env: { HOME: folder, ...env }, limitMs: HANGS_MS });
	const doneBy =
		(run: DockerProject['cli']): DockerProject['done'] =>
		async (status, ...args) => {
			const result = await run(...args, '--json');
			if (result.status !== status) throw new Error(`${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
			return result.json();
		};
	const serving = async () => {
		let last: CliResult | undefined;
		const serves = async () => {
			last = await cli('status', '--json');
			return last.status === 0;
		};
		await until(serves, 'it serves', 60_000).catch((error) => {
			throw new Error(`${error.message}: ${last?.stdout}${last?.stderr}`);
		});
	};
	const filters = { label: [`org.flowferry.environment=${name}`] };

	await configure({});
	return {
		folder,
		port,
		url: `http://${host}:${port}`,
		configure,
		cli,
		setFlows: (flows) => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows)),
		done: doneBy(cli),
		things: async () => ({
			containers: (await docker.listContainers({ all: true, filters })).length,
			networks: (await docker.listNetworks({ filters })).length,
			volumes: (await docker.listVolumes({ filters })).Volumes.length,
			releases: (await builtOn(docker, images.base)).filter((image) => image.startsWith('flowferry/release:')).length,
		}),
		serving,
		mended: async () => {
			if ((await cli('status', '--json')).status === 0) return;
			for (const { Id, Names, State, NetworkSettings } of await docker.listContainers({ all: true, filters })) {
				if (State === 'paused') await docker.getContainer(Id).unpause();
				const alias = Names[0]?.slice(name.length + 2) ?? '';
				if (NetworkSettings.Networks[name] === undefined)
					await docker.getNetwork(name).connect({ Container: Id, EndpointConfig: { Aliases: [alias] } });
			}
			await cli('resume');
			await cli('up');
			await serving();
		},
		elsewhere: async () => {
			const other = await mkdtemp(join(folder, 'elsewhere-'));
			await copyFile(join(folder, 'flowferry.yaml'), join(other, 'flowferry.yaml'));
			const run = (...args: string[]) => runCli(args, { cwd: other, env: { HOME: other, ...env }, limitMs: HANGS_MS });
			return { folder: other, cli: run, done: doneBy(run) };
		},
		dispose: async () => {
			for (const { Id } of await docker.listContainers({ all: true, filters }))
				await docker.getContainer(Id).remove({ force: true, v: true });
			for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
			for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove();
			await rm(folder, { recursive: true });
		},
	};
}
