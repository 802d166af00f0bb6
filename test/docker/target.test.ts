import { makeBedImages } from '../support/bed-images.ts';
import { connectMachineEngine, describeWithContainers } from '../support/describe-with-docker.ts';
import { type BedImages, dockerBed } from '../support/docker-bed.ts';
import { describeTarget } from '../support/target-contract.ts';
import { thingsNamed } from '../support/things-named.ts';

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

/** Of this file's name. */
async function ownThings(): Promise<string[]> {
	const { docker, close } = await connectMachineEngine();
	return await thingsNamed(docker, 'ffw-bed-').finally(close);
}
