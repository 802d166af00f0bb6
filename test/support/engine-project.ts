import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { type CliResult, runCli } from './cli.ts';
import { builtOn, ownBase } from './docker.ts';
import { freePort } from './gateway.ts';
import { buildHaproxyImage } from './haproxy-image.ts';

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
	setFlows(flows: FlowNode[]): Promise<void>;
	/** Replaces keys of production. */
	configure(environment: Record<string, unknown>): Promise<void>;
	cli(...args: string[]): Promise<CliResult>;
	/** The same, with `--json`; fails the test where it does not end with the status. */
	done(status: number, ...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
	things(): Promise<Things>;
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
}

/** @param docker the engine, from the test's side */
export async function createDockerProject(docker: Docker, options: ProjectOptions): Promise<DockerProject> {
	const { name, images, env = {} } = options;
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-docker-'));
	const port = await freePort();
	await mkdir(join(folder, 'dev'));
	const configure = (keys: Record<string, unknown>) => {
		const section = { name, image: images.base, routerImage: images.router, ...options.docker };
		const plain = { mode: 'hot-spare', target: 'docker', instances: 1, port, docker: section, timeouts: { hungMs: 5000 } };
		const production = { ...plain, ...options.environment, ...keys };
		// JSON is YAML.
		return writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	};
	const cli = (...args: string[]) => runCli(args, { cwd: folder, env: { HOME: folder, ...env } });
	const filters = { label: [`org.flowferry.environment=${name}`] };

	await configure({});
	return {
		folder,
		port,
		configure,
		cli,
		setFlows: (flows) => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows)),
		done: async (status, ...args) => {
			const result = await cli(...args, '--json');
			if (result.status !== status) throw new Error(`${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
			return result.json();
		},
		things: async () => ({
			containers: (await docker.listContainers({ all: true, filters })).length,
			networks: (await docker.listNetworks({ filters })).length,
			volumes: (await docker.listVolumes({ filters })).Volumes.length,
			releases: (await builtOn(docker, images.base)).filter((image) => image.startsWith('flowferry/release:')).length,
		}),
		dispose: async () => {
			for (const { Id } of await docker.listContainers({ all: true, filters }))
				await docker.getContainer(Id).remove({ force: true, v: true });
			for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
			for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove();
			await rm(folder, { recursive: true });
		},
	};
}
