import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { connectCluster, openCluster } from '../../src/lib/kubernetes/connect-cluster.ts';
import { findProgram } from './find-program.ts';
import { platformFile } from './platform.ts';

/** KUBECONFIG's, else that of the cluster that is built for tests. */
export const testKubeconfig: string | undefined = process.env.KUBECONFIG || platformFile('kubernetes', 'state', 'admin.kubeconfig');

/** @throws Error where there is no kubeconfig */
export function connectTestCluster(namespace: string): Cluster {
	return openCluster({ kubeconfig: testKubeconfig, namespace, env: {} });
}

/**
 * A namespace of a test's own. `remove` asks for its end, and does not wait.
 * @throws Error where the cluster does not answer
 */
export async function makeNamespace(): Promise<{ cluster: Cluster; remove(): Promise<void> }> {
	const name = `ffk-${Math.random().toString(36).slice(2, 10)}`;
	const cluster = connectTestCluster(name);
	await cluster.core.createNamespace({ body: { metadata: { name } } });
	return { cluster, remove: async () => void (await cluster.core.deleteNamespace({ name })) };
}

const clusterFault: string | undefined =
	testKubeconfig === undefined
		? 'there is no kubeconfig: KUBECONFIG is not set'
		: await connectCluster({ kubeconfig: testKubeconfig, namespace: 'default', env: {} }).then(
				(cluster) => {
					cluster.close();
					return undefined;
				},
				(error: Error) => error.message,
			);

/**
 * `describe` for tests that need a Kubernetes cluster. Where none answers they are skipped, loudly; with FLOWFERRY_REQUIRE_KUBERNETES
 * set to 1 they fail instead.
 */
export function describeWithKubernetes(name: string, tests: () => void): void {
	describeUnless(clusterFault, name, tests);
}

/** `describe` for tests that start an API server of their own (`own-api-server.ts`). */
export function describeWithOwnApiServer(name: string, tests: () => void): void {
	const missing = [...(findProgram('etcd') ? [] : ['etcd']), ...(findApiServer() ? [] : ['kube-apiserver'])];
	describeUnless(missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined, name, tests);
}

/**
 * `describe` for tests that add a node to the cluster (`second-node.ts`): to none but the one that is built for tests, whose keys and programs
 * they need. Elsewhere they are skipped, loudly.
 */
export function describeWithSecondNode(name: string, tests: () => void): void {
	const pki = ['ca.crt', 'ca.key', 'proxy.crt', 'proxy.key'].map((file) => join(dirname(testKubeconfig ?? ''), 'pki', file));
	const programs = ['kubelet', 'kube-proxy'].map((program) => join(dirname(findApiServer() ?? ''), program));
	const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
	const missing = [
		...[...pki, ...programs].filter((file) => !existsSync(file)),
		...['dockerd', 'containerd', 'ip', 'iptables', 'nsenter', 'unshare', 'socat', 'openssl', 'kubectl'].filter(
			(each) => !findProgram(each),
		),
	];
	if (clusterFault === undefined && (!isRoot || missing.length > 0)) {
		const why = isRoot ? `a second node cannot be added to this cluster, for want of ${missing.join(', ')}` : 'this is not root on Linux';
		skip(why, name, tests);
	} else describeWithKubernetes(name, tests);
}

/** Its program; on the PATH, or as built for tests. */
export function findApiServer(): string | undefined {
	return findProgram('kube-apiserver') ?? platformFile('kubernetes', 'bin', 'kube-apiserver');
}

function describeUnless(why: string | undefined, name: string, tests: () => void): void {
	if (why === undefined) {
		describe(name, tests);
	} else if (process.env.FLOWFERRY_REQUIRE_KUBERNETES === '1') {
		describe(name, () => {
			it('finds the cluster that it needs', () => {
				throw new Error(why);
			});
		});
	} else skip(why, name, tests);
}

function skip(why: string, name: string, tests: () => void): void {
	process.stderr.write(`\n!!! SKIPPED, ${why}: ${name}\n\n`);
	describe.skip(name, tests);
}
