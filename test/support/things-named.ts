import type Docker from 'dockerode';

/** Containers, networks, volumes and images of an engine whose names have this text in them, or that were built on one that has. */
export async function thingsNamed(docker: Docker, text: string): Promise<string[]> {
	const [containers, networks, { Volumes }, images] = await Promise.all([
		docker.listContainers({ all: true }),
		docker.listNetworks(),
		docker.listVolumes(),
		docker.listImages(),
	]);
	const names = [
		...containers.flatMap(({ Names }) => Names),
		...networks.map(({ Name }) => Name),
		...Volumes.map(({ Name }) => Name),
		...images.flatMap(({ Id, RepoTags, Labels }) => [...(RepoTags ?? []), `${Id} on ${Labels?.['org.flowferry.base']}`]),
	];
	return names.filter((name) => name.includes(text)).toSorted();
}
