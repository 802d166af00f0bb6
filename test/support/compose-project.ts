import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { type CliResult, runCli } from './cli.ts';
import { builtOn, ownBase } from './docker.ts';
import { freePort } from './gateway.ts';
import { buildHaproxyImage } from './haproxy-image.ts';

/** A user's project for a test of compose: in a temporary folder, on the machine's Docker Engine, with images that no other test has. */
export interface ComposeProject {
	folder: string;
	/** Where production serves. */
	url: string;
	/** What the names of its containers begin with. */
	prefix: string;
	setFlows(flows: FlowNode[]): Promise<void>;
	cli(...args: string[]): Promise<CliResult>;
	/** `flowferry promote --yes --json`; fails the test where it does not exit 0. */
	promote(flows: FlowNode[]): Promise<ReturnType<typeof JSON.parse>>;
	/** Every container of the environment: name → id. */
	containers(): Promise<Record<string, string>>;
	/** Removes everything that it has made, and says what is left. */
	remove(): Promise<string[]>;
}

/** @param keys more of the environment's `docker` */
export async function createComposeProject(docker: Docker, name: string, keys: Record<string, unknown> = {}): Promise<ComposeProject> {
	const folder = await mkdtemp(join(tmpdir(), `${name}-`));
	const prefix = `${name}-${process.pid}`;
	const base = await ownBase(docker, `${name}-base`);
	const routerImage = await buildHaproxyImage(docker, `${name}-haproxy:${process.pid}`);
	const port = await freePort();
	await mkdir(join(folder, 'dev'));
	const production = { mode: 'hot-spare', target: 'docker', port, docker: { name: prefix, image: base, routerImage, ...keys } };
	// JSON is YAML.
	await writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	const cli = (...args: string[]) => runCli(args, { cwd: folder, env: { HOME: folder } });
	const setFlows = (flows: FlowNode[]) => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows));
	const own = async () => await docker.listContainers({ all: true, filters: { label: [`org.flowferry.environment=${prefix}`] } });
	return {
		folder,
		url: `http://127.0.0.1:${port}`,
		prefix,
		setFlows,
		cli,
		promote: async (flows) => {
			await setFlows(flows);
			const result = await cli('promote', '--yes', '--json');
			if (result.status !== 0) throw new Error(`promote ended with ${result.status}: ${result.stdout}${result.stderr}`);
			return result.json();
		},
		containers: async () => Object.fromEntries((await own()).map(({ Names, Id }) => [Names[0]?.slice(1) ?? '', Id])),
		remove: async () => {
			for (const { Id } of await own()) await docker.getContainer(Id).remove({ force: true, v: true });
			await docker.getNetwork(prefix).remove();
			await docker.getVolume(`${prefix}-state`).remove();
			for (const image of [...(await builtOn(docker, base)), base, routerImage]) await docker.getImage(image).remove();
			await rm(folder, { recursive: true });
			return [...Object.keys(await own()), ...(await builtOn(docker, base))];
		},
	};
}
