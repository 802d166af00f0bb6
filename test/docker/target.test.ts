import { makeBedImages } from '../support/bed-images.ts';
import { connectMachineEngine, describeWithContainers } from '../support/describe-with-docker.ts';
import { type BedImages, dockerBed } from '../support/docker-bed.ts';
import { describeTarget } from '../support/target-contract.ts';
import { releaseSnapshot } from '../support/target-release.ts';
import { Stage } from '../support/target-stage.ts';
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

	it('a runner that was killed has nobody wait for the end of its lease: its container, started again, gives that back', async () => {
		const bed = await dockerBed(images);
		const target = await bed.open({ environment: { lease: { ttlMs: 60_000, renewDeadlineMs: 50_000, retryMs: 1000 } } });
		try {
			const stage = new Stage(bed, target);
			await stage.prepare('blue', await releaseSnapshot('one'));
			const { holder } = await stage.activate('blue/0');
			await bed.killRunner('blue/0');
			await stage.untilFree(holder, 20_000);
		} finally {
			target.close();
			await bed.dispose();
		}
	});
});

/** Of this file's name. */
async function ownThings(): Promise<string[]> {
	const { docker, close } = await connectMachineEngine();
	return await thingsNamed(docker, 'ffw-bed-').finally(close);
}
