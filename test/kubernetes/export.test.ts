import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../src/lib/config/environment-of.ts';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { apply } from '../../src/lib/targets/kubernetes/apply.ts';
import { renderManifests, writeManifests } from '../../src/lib/targets/kubernetes/export/export-kubernetes.ts';
import { lastingObjects } from '../../src/lib/targets/kubernetes/objects/environment-objects.ts';
import { describeWithKubernetes, makeNamespace, testKubeconfig } from '../support/describe-with-kubernetes.ts';
import { findProgram } from '../support/find-program.ts';
import { kubernetesEnvironment, place } from '../support/kubernetes-environment.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

const kubectl = findProgram('kubectl');
if (kubectl === undefined) process.stderr.write('\n!!! SKIPPED, not installed: kubectl: exported manifests\n\n');

(kubectl === undefined ? describe.skip : describeWithKubernetes)('exported manifests', () => {
	let cluster: Cluster;
	let remove: () => Promise<void>;
	let folder: string;
	beforeAll(async () => {
		({ cluster, remove } = await makeNamespace());
		folder = await mkdtemp(join(tmpdir(), 'flowferry-export-'));
	});
	afterAll(async () => {
		await rm(folder, { recursive: true });
		await remove();
	});

	const run = (...args: string[]) =>
		promisify(execFile)(kubectl as string, args, { env: { ...process.env, KUBECONFIG: testKubeconfig as string } });
	const write = async (environment: NamedEnvironment): Promise<string> => {
		const { files, entry } = renderManifests({
			...{ environment, namespace: cluster.namespace, version: '1.20', withOverlay: true },
			...{ snapshot: sampleSnapshot(), image: 'registry.example/plant:7', redact: (text: string) => text },
		});
		await writeManifests(folder, files);
		return join(folder, entry);
	};

	it.each<[string, string[]]>([
		['mode: hot-spare', []],
		['mode: load-balanced, instances: 3, port: 80, kubernetes: { service: { type: LoadBalancer } }', []],
		['mode: load-balanced, instances: 3, kubernetes: { autoscale: { from: 1, cpu: 50 } }', ['horizontalpodautoscaler']],
	])('are accepted by kubectl and the cluster: %s', async (keys, more) => {
		for (const [at, kinds] of [
			[
				await write(kubernetesEnvironment(keys)),
				['serviceaccount', 'role', 'rolebinding', 'networkpolicy', 'service', 'poddisruptionbudget', ...more],
			],
			[join(folder, 'base/production/slot'), ['configmap', 'statefulset']],
		] as const) {
			const { stdout, stderr } = await run('apply', '--dry-run=server', '-o', 'name', '-k', at);
			expect(stderr).toBe('');
			for (const kind of kinds) expect(stdout).toMatch(new RegExp(`^${kind}(\\.[a-z0-9.]+)?/flowferry-production`, 'm'));
		}
	});

	it('and promotions share objects: nobody undoes what the other has said, and an outdated file is a conflict', async () => {
		const environment = kubernetesEnvironment('mode: hot-spare, port: 8080');
		const entry = await write(environment);
		const promote = async (of: NamedEnvironment) => {
			for (const object of lastingObjects(place(cluster.namespace), of, 'policy/v1beta1')) await apply(cluster, object);
		};
		const name = 'flowferry-production';
		const { namespace, core } = cluster;
		const service = () => core.readNamespacedService({ namespace, name });
		await run('apply', '--server-side', '-k', entry);
		const body = { metadata: { annotations: { 'external-dns': 'plant.example' } } };
		await core.patchNamespacedService({ namespace, name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
		await promote(environment);
		await run('apply', '--server-side', '-k', entry);
		const { metadata, spec } = await service();
		expect(metadata?.annotations).toMatchObject({ 'external-dns': 'plant.example' });
		expect(spec?.ports?.[0]?.port).toBe(8080);

		// Another port than the file of before says: it is a promotion's to change, and the file's to follow.
		const changed = kubernetesEnvironment('mode: hot-spare, port: 8081');
		await promote(changed);
		const ports = async () => (await service()).spec?.ports?.map(({ port }) => port);
		expect(await ports()).toEqual([8081]);
		expect((await service()).metadata?.annotations).toMatchObject({ 'external-dns': 'plant.example' });
		await expect(run('apply', '--server-side', '-k', entry)).rejects.toThrow('Duplicate value');
		expect(await ports()).toEqual([8081]);
		await run('apply', '--server-side', '-k', await write(changed));
		expect(await ports()).toEqual([8081]);
		await promote(environment);
		expect(await ports()).toEqual([8080]);

		await promote(kubernetesEnvironment('mode: hot-spare, instanceMetricsPort: 9465'));
		const rules = async () => (await cluster.networking.readNamespacedNetworkPolicy({ namespace, name })).spec?.ingress?.[0]?.ports?.length;
		expect(await rules()).toBe(5);
		await expect(run('apply', '--server-side', '-k', entry)).rejects.toThrow(/conflict with "flowferry"/);
		expect(await rules()).toBe(5);
	});
});
