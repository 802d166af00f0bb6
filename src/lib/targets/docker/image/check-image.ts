import type Docker from 'dockerode';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import { type Snapshot, shortId } from '../../../snapshot/snapshot.ts';
import type { GivenImage, Progress } from '../../target.ts';
import { LABELS, understand } from './names.ts';
import { ensurePulled } from './pull.ts';
import { readRuntimeFiles } from './runtime-files.ts';

/** One whose labels were read: it tells its snapshot. */
export interface LabelledImage extends GivenImage {
	snapshot: string;
}

/**
 * An image that was built elsewhere. Pulled, where the engine has none of this name.
 * @throws FlowferryError IMAGE_UNAVAILABLE, IMAGE_UNFIT
 */
export async function readGivenImage(docker: Docker, name: string, progress: Progress = () => {}): Promise<LabelledImage> {
	const { Id: id, Config } = await ensurePulled(docker, name, progress);
	const snapshot = snapshotOf(name, Config.Labels ?? {}, (await readRuntimeFiles()).version);
	return { id, name, snapshot };
}

/**
 * For which snapshot an image was built, by its labels.
 * @param version this flowferry's
 * @throws FlowferryError IMAGE_UNFIT
 */
export function snapshotOf(image: string, labels: Readonly<Record<string, string>>, version: string): string {
	const { [LABELS.image]: kind, [LABELS.snapshot]: snapshot, [LABELS.version]: builder } = labels;
	if (kind !== 'release' || snapshot === undefined || builder === undefined) {
		throw new FlowferryError({
			code: 'IMAGE_UNFIT',
			message: `${image} is no image that flowferry has built for a snapshot`,
			hint: 'build one: flowferry image build',
		});
	}
	if (understand(builder, version)) return snapshot;
	throw new FlowferryError({
		code: 'IMAGE_UNFIT',
		message: `${image} was built by flowferry ${builder}, which flowferry ${version} cannot work with`,
		hint: `build it again: flowferry image build --snapshot ${shortId(snapshot)}`,
	});
}

/** @throws FlowferryError IMAGE_DIFFERS */
export function assertBuiltFor({ name, snapshot: built }: LabelledImage, { id }: Pick<Snapshot, 'id'>): void {
	if (built === id) return;
	throw new FlowferryError({
		code: 'IMAGE_DIFFERS',
		message: `${name} was built for snapshot ${shortId(built)}, and not for ${shortId(id)}`,
		hint: `build one for it (flowferry image build --snapshot ${shortId(id)}), or promote ${shortId(built)}`,
	});
}
