import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { childrenByParent, familyOf } from '../../test/support/processes.ts';

export interface ContainerProcess {
	/** As this machine numbers it. */
	pid: number;
	/** As its container does. */
	inside: number;
}

/** What runs in a container of this machine, parents first. Linux only. */
export async function processesIn(container: Docker.Container): Promise<ContainerProcess[]> {
	const { State } = await container.inspect();
	const family = familyOf(State.Pid, await childrenByParent());
	return await Promise.all(
		family.map(async (pid) => {
			const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
			return { pid, inside: Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1]) };
		}),
	);
}

/** The container of a pod's Node-RED that runs just now. */
export async function podContainer(docker: Docker, namespace: string, pod: string): Promise<Docker.Container> {
	const label = [`io.kubernetes.pod.namespace=${namespace}`, `io.kubernetes.pod.name=${pod}`, 'io.kubernetes.container.name=node-red'];
	const [found] = await docker.listContainers({ filters: { label } });
	if (!found) throw new Error(`the container of ${pod} does not run`);
	return docker.getContainer(found.Id);
}
