import type Docker from 'dockerode';
import type { Cleanup } from '../../demo/cleanup.ts';
import { runCommand } from '../../demo/flowferry.ts';
import { namesOf } from '../../src/lib/kubernetes/names.ts';
import { relayApiServer } from '../../test/support/api-relay.ts';
import { makeBedImages } from '../../test/support/bed-images.ts';
import { connectMachineEngine } from '../../test/support/describe-with-docker.ts';
import { makeNamespace, testKubeconfig } from '../../test/support/describe-with-kubernetes.ts';
import { machineAddress } from '../../test/support/machine-address.ts';
import { startPlainKubernetesWay } from '../cutover/plain-kubernetes-way.ts';
import { makePlainKubernetesBed } from '../failover/plain-kubernetes-bed.ts';
import { podContainer, processesIn } from './container-processes.ts';
import type { Place, Production } from './place.ts';

const PREFIX = 'flowferry-production';

/** Pods of the cluster that tests run on, whose node is this machine and has its engine's images. For root on Linux. */
export async function openKubernetesPlace(cleanup: Cleanup): Promise<Place> {
	const { docker, close } = await connectMachineEngine();
	cleanup.later('close the engine', async () => close());
	const images = await makeBedImages('flowferry-bench');
	cleanup.later('remove the images', images.remove);
	const endRelay = await relayApiServer();
	cleanup.later('end the relay', async () => endRelay());
	const plain = { image: images.base, docker };
	return {
		brokerHost: await machineAddress(docker),
		newProduction: () => newProduction(docker, images.base),
		startPlainWay: (setting) => startPlainKubernetesWay(setting, plain),
		makePlainBed: (setting) => makePlainKubernetesBed(setting, plain),
	};
}

async function newProduction(docker: Docker, image: string): Promise<Production> {
	const { cluster, remove } = await makeNamespace();
	const { namespace } = cluster;
	const nodePort = 30_000 + Math.floor(Math.random() * 2768);
	const { items } = await cluster.core.listNode();
	const node = items[0]?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
	const kubernetes = { kubeconfig: testKubeconfig, namespace, build: true, service: { type: 'NodePort', nodePort } };
	const names = namesOf(PREFIX);
	return {
		keys: { target: 'kubernetes', docker: { image }, kubernetes },
		url: `http://${node}:${nodePort}`,
		stateFile: null,
		async processesOf({ instance, pid, childPid }) {
			const processes = await processesIn(await podContainer(docker, namespace, names.pod(instance)));
			const [nodeRed, runner] = [childPid, pid].map((inside) => processes.find((each) => each.inside === inside)?.pid);
			if (nodeRed === undefined || runner === undefined) throw new Error(`the processes of ${instance} are not to be seen from here`);
			return { nodeRed, runner };
		},
		takeDown: async (folder) => {
			await runCommand(folder, ['down', 'production', '--remove', '--yes'], 'read');
			await remove();
		},
	};
}
