import type Docker from 'dockerode';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import { type Snapshot, shortId } from '../../../snapshot/snapshot.ts';
import type { Progress } from '../../target.ts';
import { LABELS, understand } from './names.ts';
import { ensurePulled } from './pull.ts';
import type { BuiltImage } from './release-image.ts';
import { readRuntimeFiles } from './runtime-files.ts';

/**
 * An image that was built elsewhere, as the one for a snapshot. Pulled, where the engine has none of this name.
 * @throws FlowferryError IMAGE_UNAVAILABLE, IMAGE_DIFFERS, IMAGE_UNFIT
 */
export async function checkImage(
	docker: Docker,
	image: string,
	snapshot: Pick<Snapshot, 'id'>,
	progress: Progress = () => {},
): Promise<BuiltImage> {
	const { Id: id, Config } = await ensurePulled(docker, image, progress);
	const fault = faultOf(image, Config.Labels ?? {}, snapshot.id, (await readRuntimeFiles()).version);
	if (fault) throw fault;
	return { id, tag: image };
}

/** What keeps an image from running a snapshot, from its labels; null: nothing. @param version this flowferry's */
export function faultOf(image: string, labels: Readonly<Record<string, string>>, snapshot: string, version: string): FlowferryError | null {
	const { [LABELS.image]: kind, [LABELS.snapshot]: built, [LABELS.version]: builder } = labels;
	if (kind !== 'release' || built === undefined || builder === undefined) {
		return new FlowferryError({
			code: 'IMAGE_UNFIT',
			message: `${image} is no image that flowferry has built for a snapshot`,
			hint: `build one: flowferry image build --snapshot ${shortId(snapshot)}`,
		});
	}
	if (built !== snapshot) {
		return new FlowferryError({
			code: 'IMAGE_DIFFERS',
			message: `${image} was built for snapshot ${shortId(built)}, and not for ${shortId(snapshot)}`,
			hint: `build one for it (flowferry image build --snapshot ${shortId(snapshot)}), or promote ${shortId(built)}`,
		});
	}
	if (understand(builder, version)) return null;
	return new FlowferryError({
		code: 'IMAGE_UNFIT',
		message: `${image} was built by flowferry ${builder}, which flowferry ${version} cannot work with`,
		hint: `build it again: flowferry image build --snapshot ${shortId(snapshot)}`,
	});
}
