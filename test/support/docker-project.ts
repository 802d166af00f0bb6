import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../src/lib/config/load.ts';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { openSupply } from '../../src/lib/packages/supply.ts';
import { DockerTarget } from '../../src/lib/targets/docker/docker-target.ts';
import { type Names, namesOf } from '../../src/lib/targets/docker/names.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { type CliResult, runCli } from './cli.ts';
import { connectMachineEngine } from './describe-with-docker.ts';
import type { BedImages } from './docker-bed.ts';
import { freePort } from './gateway.ts';
import { testVault } from './vault.ts';

/** A user's project in a temporary folder, with one environment on this machine's Docker Engine. */
export interface DockerProject {
	folder: string;
	/** Where production serves. */
	url: string;
	names: Names;
	/** Runs `flowferry <args>` in the folder. */
	cli(...args: string[]): Promise<CliResult>;
	/** `flowferry promote --yes --json`; fails the test where it does not exit 0. */
	promote(flows: FlowNode[]): Promise<void>;
	instances(): Promise<InstanceStatus[]>;
	/** Removes all that is on the Engine, and the folder. */
	remove(): Promise<void>;
}

/** @param name unlike any other's: `ffw-bed-drill` @param keys more for the environment */
export async function createDockerProject(name: string, images: BedImages, keys: Record<string, unknown> = {}): Promise<DockerProject> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-docker-'));
	const port = await freePort();
	const docker = { name: `${name}-${process.pid}`, image: images.base, routerImage: images.router };
	const production = { mode: 'hot-spare', target: 'docker', port, docker, ...keys };
	// JSON is YAML.
	const text = JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } });
	await mkdir(join(folder, 'dev'));
	await writeFile(join(folder, 'flowferry.yaml'), text);
	const environment = environmentOf(parseConfig(text, 'flowferry.yaml', {}));
	const cli = (...args: string[]) => runCli(args, { cwd: folder, env: { HOME: folder } });

	return {
		folder,
		url: `http://127.0.0.1:${port}`,
		names: namesOf(environment),
		cli,
		promote: async (flows) => {
			await writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows));
			const result = await cli('promote', '--yes', '--json');
			if (result.status !== 0) throw new Error(`promote ended with ${result.status}: ${result.stdout}${result.stderr}`);
		},
		instances: async () => {
			const { slots } = (await cli('status', '--json')).json() as EnvironmentStatus;
			return slots.flatMap(({ instances }) => instances).flatMap(({ status }) => (status ? [status] : []));
		},
		remove: async () => {
			const engine = await connectMachineEngine();
			const packages = openSupply(join(folder, 'packages'));
			const target = new DockerTarget({ environment, engine, packages, secrets: () => [], redact: (line) => line, vault: testVault() });
			await target.remove().finally(() => target.close());
			await rm(folder, { recursive: true });
		},
	};
}
