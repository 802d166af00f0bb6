import { connectMachineEngine } from './describe-with-docker.ts';
import { builtOn, ownBase } from './docker.ts';
import type { BedImages } from './docker-bed.ts';
import { buildHaproxyImage } from './haproxy-image.ts';

/** Makes the images of a test file's beds. @param name unlike any other file's: `ffw-bed-target` */
export async function makeBedImages(name: string): Promise<BedImages & { remove(): Promise<void> }> {
	const { docker, close } = await connectMachineEngine();
	const base = await ownBase(docker, name);
	const router = await buildHaproxyImage(docker, `${name}-haproxy:${process.pid}-${Date.now()}`);
	return {
		base,
		router,
		remove: async () => {
			// What was built last goes first.
			for (let left = await builtOn(docker, base), before = Number.POSITIVE_INFINITY; left.length > 0; ) {
				if (left.length >= before) throw new Error(`images cannot be removed: ${left.join(', ')}`);
				before = left.length;
				for (const image of left)
					await docker
						.getImage(image)
						.remove({ noprune: false })
						.catch(() => {});
				left = await builtOn(docker, base);
			}
			await docker.getImage(base).remove();
			await docker.getImage(router).remove();
			close();
		},
	};
}
