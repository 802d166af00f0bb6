import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { ifThere } from '../../src/lib/kubernetes/if-there.ts';
import { type Names, namesOf } from '../../src/lib/kubernetes/names.ts';
import { relayApiServer } from './api-relay.ts';
import { type CliResult, runCli } from './cli.ts';
import { makeNamespace, testKubeconfig } from './describe-with-kubernetes.ts';
import { until } from './until.ts';

/** A user's project whose production runs in a namespace of its own. */
export interface KubernetesProject {
	folder: string;
	cluster: Cluster;
	names: Names;
	setFlows(flows: FlowNode[]): Promise<void>;
	/** Has production say otherwise than when the project was made, from the next command on. @param keys as of `createKubernetesProject` */
	configure(keys: ProductionKeys): Promise<void>;
	/** Where production serves now: a Service that is made anew has another address. */
	url(): Promise<string>;
	cli(...args: string[]): Promise<CliResult>;
	/** The same, with `--json`; fails the test where it does not end with the status. */
	done(status: number, ...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
	/** Waits until it serves with everything that it has, by its own word. */
	serving(): Promise<void>;
	/** The same from another machine, which has the configuration alone: neither a store of snapshots nor a dev Node-RED. */
	elsewhere(): Promise<Pick<KubernetesProject, 'folder' | 'cli' | 'done'>>;
	/** Removes the folder, and the namespace with all that is in it. */
	dispose(): Promise<void>;
}

/** Of production, on top of what each project has. */
export type ProductionKeys = Record<string, unknown> & { kubernetes?: object };

const PORT = 8080;

/**
 * @param base an image with Node-RED in it, on the engine that builds the cluster's images
 * @param keys of production
 */
export async function createKubernetesProject(base: string, keys: ProductionKeys = {}): Promise<KubernetesProject> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-kubernetes-'));
	const endRelay = await relayApiServer();
	const { cluster, remove } = await makeNamespace();
	const { namespace } = cluster;
	const names = namesOf('flowferry-production');
	await mkdir(join(folder, 'dev'));
	// A pod that a kubelet forgets to end for a minute is in the way of the next one.
	const plain = {
		mode: 'hot-spare',
		target: 'kubernetes',
		instances: 2,
		port: PORT,
		docker: { image: base },
		timeouts: { startMs: 120_000 },
	};

	const configure: KubernetesProject['configure'] = async ({ kubernetes, ...more }) => {
		const production = { ...plain, kubernetes: { namespace, kubeconfig: testKubeconfig, build: true, ...kubernetes }, ...more };
		// JSON is YAML.
		await writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	};
	await configure(keys);

	const at = (cwd: string) => {
		const cli = (...args: string[]) => runCli(args, { cwd, env: { HOME: cwd } });
		const done = async (status: number, ...args: string[]) => {
			const result = await cli(...args, '--json');
			if (result.status !== status) throw new Error(`${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
			return result.json();
		};
		return { folder: cwd, cli, done };
	};
	const { cli, done } = at(folder);

	return {
		folder,
		cluster,
		names,
		configure,
		cli,
		done,
		setFlows: (flows) => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(flows)),
		url: async () => {
			const service = await ifThere(cluster.core.readNamespacedService({ namespace, name: names.service }));
			return `http://${service?.spec?.clusterIP ?? '0.0.0.0'}:${PORT}`;
		},
		serving: async () => {
			let last: CliResult | undefined;
			const serves = async () => {
				last = await cli('status', '--json');
				return last.status === 0;
			};
			await until(serves, 'it serves', 90_000).catch((error) => {
				throw new Error(`${error.message}: ${last?.stdout}${last?.stderr}`);
			});
		},
		elsewhere: async () => {
			const other = await mkdtemp(join(folder, 'elsewhere-'));
			await copyFile(join(folder, 'flowferry.yaml'), join(other, 'flowferry.yaml'));
			return at(other);
		},
		dispose: async () => {
			await remove();
			// Its containers hold the images that the test removes next.
			await until(async () => (await cluster.core.listNamespacedPod({ namespace })).items.length === 0, 'its pods have ended', 90_000);
			cluster.close();
			endRelay();
			await rm(folder, { recursive: true });
		},
	};
}
