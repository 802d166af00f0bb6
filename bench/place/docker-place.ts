import type Docker from 'dockerode';
import type { Cleanup } from '../../demo/cleanup.ts';
import { runCommand } from '../../demo/flowferry.ts';
import { findFreePort } from '../../demo/project.ts';
import { aliasOf } from '../../src/lib/targets/docker/names.ts';
import { layoutOf } from '../../src/lib/targets/layout.ts';
import { makeBedImages } from '../../test/support/bed-images.ts';
import { connectMachineEngine } from '../../test/support/describe-with-docker.ts';
import { machineAddress } from '../../test/support/machine-address.ts';
import { startPlainDockerWay } from '../cutover/plain-docker-way.ts';
import { makePlainDockerBed } from '../failover/plain-docker-bed.ts';
import { processesIn } from './container-processes.ts';
import type { Place, Production } from './place.ts';

let productions = 0;

/** Containers of this machine's own engine. Its processes, and files of its volumes, are there for root on Linux alone. */
export async function openDockerPlace(cleanup: Cleanup): Promise<Place> {
	const { docker, close } = await connectMachineEngine();
	cleanup.later('close the engine', async () => close());
	const brokerHost = await machineAddress(docker);
	const images = await makeBedImages('flowferry-bench');
	cleanup.later('remove the images', images.remove);
	const container = { docker, image: images.base, brokerHost };
	return {
		brokerHost,
		newProduction: () => newProduction(docker, images),
		startPlainWay: (setting) => startPlainDockerWay(setting, container),
		makePlainBed: (setting) => makePlainDockerBed(setting, container),
	};
}

async function newProduction(docker: Docker, { base, router }: { base: string; router: string }): Promise<Production> {
	const port = await findFreePort();
	const name = `flowferry-bench-${process.pid}-${++productions}`;
	return {
		keys: { target: 'docker', port, docker: { name, image: base, routerImage: router } },
		url: `http://127.0.0.1:${port}`,
		stateFile: async () => layoutOf((await docker.getVolume(`${name}-state`).inspect()).Mountpoint).stateFile,
		async processesOf({ instance, pid, childPid }) {
			const processes = await processesIn(docker.getContainer(`${name}-${aliasOf(instance)}`));
			const [nodeRed, runner] = [childPid, pid].map((inside) => processes.find((each) => each.inside === inside)?.pid);
			if (nodeRed === undefined || runner === undefined) throw new Error(`the processes of ${instance} are not to be seen from here`);
			return { nodeRed, runner };
		},
		takeDown: (folder) => runCommand(folder, ['down', 'production', '--remove', '--yes'], 'read'),
	};
}
