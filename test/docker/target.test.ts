import { makeBedImages } from '../support/bed-images.ts';
import { connectMachineEngine, describeWithContainers } from '../support/describe-with-docker.ts';
import { type BedImages, dockerBed } from '../support/docker-bed.ts';
import { describeTarget } from '../support/target-contract.ts';

describeWithContainers('containers of this machine', () => {
	let images: BedImages & { remove(): Promise<void> };
	let before: string[];
	beforeAll(async () => {
		before = await ownThings();
		images = await makeBedImages('ffw-bed-target');
	}, 300_000);
	afterAll(async () => {
		await images?.remove();
		// Others may work with the same Engine: what carries these tests' name is theirs.
		expect(await ownThings()).toEqual(before);
	}, 300_000);

	describeTarget('docker', () => dockerBed(images));
	describeTarget('docker', () => dockerBed(images), 'thorough');
});

/** Containers, networks, volumes and images of this file's name. */
async function ownThings(): Promise<string[]> {
	const { docker, close } = await connectMachineEngine();
	try {
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
		return names.filter((name) => name.includes('ffw-bed-')).toSorted();
	} finally {
		close();
	}
}
