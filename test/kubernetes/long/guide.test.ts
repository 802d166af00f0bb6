import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { ifThere } from '../../../src/lib/kubernetes/if-there.ts';
import { relayApiServer } from '../../support/api-relay.ts';
import { runCli } from '../../support/cli.ts';
import { connectTestCluster, describeWithKubernetes, testKubeconfig } from '../../support/describe-with-kubernetes.ts';
import { followGuide } from '../../support/follow-guide.ts';
import { freePort } from '../../support/gateway.ts';
import { until } from '../../support/until.ts';

jest.setTimeout(600_000);

const DEV = 'plant-dev';

describeWithKubernetes('the guide from an empty cluster', () => {
	const docker = new Docker();
	const namespace = `ffk-guide-${process.pid}`;
	const cluster = connectTestCluster(namespace);
	const dev = `${DEV}-${process.pid}`;
	let folder: string;
	let images: Set<string>;
	let endRelay = () => {};

	const imageIds = async () => new Set((await docker.listImages()).map(({ Id }) => Id));

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'ffk-guide-'));
		images = await imageIds();
		endRelay = await relayApiServer();
	});

	afterAll(async () => {
		const listed = (await runCli(['snapshot', 'list', '--json'], { cwd: folder, env: { HOME: folder } })).json();
		const snapshots = new Set(listed.snapshots.map(({ id }: { id: string }) => id));
		const isLeft = await ifThere(cluster.core.readNamespace({ name: namespace }));
		if (isLeft) await cluster.core.deleteNamespace({ name: namespace });
		await until(async () => (await ifThere(cluster.core.readNamespace({ name: namespace }))) === null, 'the namespace is gone', 120_000);
		const containers = await docker.listContainers({ all: true, filters: { name: [`^/${dev}$`] } });
		for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true, v: true });
		for (const { Id, Labels } of await docker.listImages({ filters: { label: ['org.flowferry.snapshot'] } })) {
			if (!images.has(Id) && snapshots.has(Labels['org.flowferry.snapshot'])) await docker.getImage(Id).remove({ force: true });
		}
		endRelay();
		await rm(folder, { recursive: true });
		expect(containers).toEqual([]);
	});

	it('does what it promises, and loses no request', async () => {
		const port = await freePort();
		const here = (text: string) =>
			text
				.replaceAll('127.0.0.1:1880', `127.0.0.1:${port}`)
				.replaceAll(DEV, dev)
				.replaceAll(/(--namespace|namespace:|namespace) plant$/gm, `$1 ${namespace}`)
				.replaceAll('--namespace plant ', `--namespace ${namespace} `);
		const tookMs = await followGuide('from-empty-cluster-to-flowferry.md', folder, [`export KUBECONFIG='${testKubeconfig}'`], here);
		const answers = (await readFile(join(folder, 'answers.txt'), 'utf8')).trim().split('\n');
		expect(new Set(answers)).toEqual(new Set(['version 1', 'version 2']));
		process.stderr.write(`The guide took ${Math.round(tookMs / 1000)} s, with ${answers.length} requests during the change.\n`);
	});
});
