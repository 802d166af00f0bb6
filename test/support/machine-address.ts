import type Docker from 'dockerode';

/** This machine as its containers reach it: the first address of the engine's own bridge, which not every engine names. */
export async function machineAddress(docker: Docker): Promise<string> {
	const { Gateway, Subnet } = await bridgeOf(docker);
	return Gateway ?? Subnet.replace(/\.\d+\/\d+$/, '.1');
}

/** Of the addresses that containers on the engine's own bridge have: `172.17.0.0/16`. */
export async function podSubnet(docker: Docker): Promise<string> {
	return (await bridgeOf(docker)).Subnet;
}

async function bridgeOf(docker: Docker): Promise<{ Subnet: string; Gateway?: string }> {
	const { IPAM } = (await docker.getNetwork('bridge').inspect()) as { IPAM: { Config: { Subnet: string; Gateway?: string }[] } };
	const [config] = IPAM.Config;
	if (config === undefined) throw new Error("Docker's bridge has no addresses: containers could not reach this machine");
	return config;
}
