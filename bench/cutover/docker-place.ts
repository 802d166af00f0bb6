import Docker from 'dockerode';
import type { Cleanup } from '../../demo/cleanup.ts';
import { BASE, buildHaproxyImage } from '../../test/support/haproxy-image.ts';

/** Where containers are measured. */
export interface DockerPlace {
	docker: Docker;
	/** With Node-RED in it. */
	nodeRedImage: string;
	routerImage: string;
	/** An address of this machine's that containers of every network reach: of Docker's own bridge. */
	host: string;
}

/** This machine's engine, as the docker command would find it. */
export async function openDockerPlace(cleanup: Cleanup): Promise<DockerPlace> {
	const docker = new Docker();
	const { IPAM } = (await docker.getNetwork('bridge').inspect()) as { IPAM: { Config: { Gateway?: string }[] } };
	const host = IPAM.Config.find(({ Gateway }) => Gateway !== undefined)?.Gateway;
	if (host === undefined) throw new Error("Docker's bridge has no gateway that containers could reach the broker by");
	const routerImage = await buildHaproxyImage(docker, `flowferry-bench/haproxy:${process.pid}`);
	cleanup.later('remove the image with HAProxy', () => docker.getImage(routerImage).remove());
	return { docker, nodeRedImage: BASE, routerImage, host };
}
