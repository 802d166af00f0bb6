import type Docker from 'dockerode';
import { explainNpm } from '../../../adapters/npm.ts';
import type { Redact } from '../../../config/secrets.ts';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import { digestOf, paletteManifest } from '../../../packages/manifest.ts';
import type { PackageSupply } from '../../../packages/supply.ts';
import { type Snapshot, type SnapshotContent, shortId } from '../../../snapshot/snapshot.ts';
import { BuildFailure, type Building, buildImage, dockerfileOf, engineWords, explainBuild } from './build.ts';
import { digest12, LABELS, paletteTag, releaseTag, splitTag } from './names.ts';
import { fileTimeOf, paletteFiles } from './palette-files.ts';
import { findImage, type ImageFacts } from './pull.ts';
import { ensureRuntimeImage, findRuntimeImage } from './runtime-image.ts';

export interface ReleaseRequest extends Building {
	snapshot: Pick<Snapshot, 'id' | 'content'>;
	/** As `RuntimeRequest.base`; its Node-RED must be the snapshot's. */
	base: string;
	/** Where the palette's packages come from. */
	supply: Pick<PackageSupply, 'lockOf' | 'shipmentOf'>;
	/** For each call of npm on this machine. Default: ten minutes. */
	timeoutMs?: number;
	/** One name more for the image: `registry.example/plant:7`. */
	tag?: string | undefined;
	/** Takes secrets from what npm prints. */
	redact?: Redact;
}

export interface BuiltImage {
	/** `sha256:…` */
	id: string;
	/** The name that was asked for, else flowferry's own: `flowferry/release:<snapshot>-<12 hex digits>`. */
	tag: string;
}

const NPM_TIMEOUT_MS = 600_000;

/**
 * The image that runs a snapshot: the runtime, the palette, the flows. Each is an image of its own that is built only where the engine
 * has none like it, so that other flows cost one small layer. It holds no credentials and no variables.
 * @throws FlowferryError NODE_RED_VERSION, IMAGE_TAG_INVALID, PACKAGES_DAMAGED, PACKAGE_NOT_PUBLISHED, as `lockPackages`, here and in the
 *   image, and as `ensureRuntimeImage`
 */
export async function ensureReleaseImage(docker: Docker, request: ReleaseRequest): Promise<BuiltImage> {
	const { snapshot, progress } = request;
	const runtime = await ensureRuntimeImage(docker, request);
	assertSameNodeRed(request.base, (await docker.getImage(runtime).inspect()).Config.Labels?.[LABELS.nodeRed] ?? '', snapshot.content);
	const palette = await planPalette(runtime, snapshot.content.palette, request.supply);
	const dockerfile = await dockerfileOf('release');
	const tag = releaseTag(snapshot.id, [palette?.tag ?? runtime, dockerfile]);
	const found = request.noCache ? null : await findImage(docker, tag);
	if (found && isLockedAs(found, palette?.lock)) return await named(docker, { id: found.Id, tag }, request.tag);
	if (palette) await ensurePaletteImage(docker, palette, request);
	progress(`image of ${shortId(snapshot.id)}`);
	const build = {
		...{ dockerfile, tag, args: { PALETTE: palette?.tag ?? runtime } },
		files: [{ path: 'root/flowferry/release/flows.json', content: JSON.stringify(snapshot.content.flows) }],
		labels: { [LABELS.snapshot]: snapshot.id },
	};
	try {
		return await named(docker, { id: await buildImage(docker, build, request), tag }, request.tag);
	} catch (error) {
		throw explainBuild(shortId(snapshot.id), error);
	}
}

/** Whether the engine has an image with a snapshot's palette, so that `ensureReleaseImage` installs nothing. */
export async function hasPalette(
	docker: Docker,
	{ snapshot, base, supply }: Pick<ReleaseRequest, 'snapshot' | 'base' | 'supply'>,
): Promise<boolean> {
	if (snapshot.content.palette.length === 0) return true;
	const runtime = await findRuntimeImage(docker, base);
	const palette = runtime === null ? null : await planPalette(runtime, snapshot.content.palette, supply);
	const found = palette && (await findImage(docker, palette.tag));
	return found ? isLockedAs(found, palette.lock) : false;
}

/** A palette that an image is to have. */
interface PlannedPalette {
	tag: string;
	runtime: string;
	dockerfile: string;
	/** The text of its package.json. */
	manifest: string;
	/** The lock that the project has for it; null where it has none yet, so that any will do. */
	lock: string | null;
}

async function planPalette(
	runtime: string,
	modules: SnapshotContent['palette'],
	supply: Pick<PackageSupply, 'lockOf'>,
): Promise<PlannedPalette | null> {
	if (modules.length === 0) return null;
	const [manifest, dockerfile] = [paletteManifest(modules), await dockerfileOf('palette')];
	return { tag: paletteTag([runtime, dockerfile, manifest]), runtime, dockerfile, manifest, lock: await supply.lockOf(manifest) };
}

/** Whether the packages in an image are those of a lock. */
function isLockedAs({ Config }: ImageFacts, lock: string | null | undefined): boolean {
	return lock === null || lock === undefined || Config.Labels?.[LABELS.lock] === digest12([lock]);
}

async function ensurePaletteImage(docker: Docker, palette: PlannedPalette, request: ReleaseRequest): Promise<void> {
	const { supply, progress, signal, timeoutMs = NPM_TIMEOUT_MS, redact = (text) => text } = request;
	const { tag, runtime, dockerfile, manifest } = palette;
	const found = request.noCache ? null : await findImage(docker, tag);
	if (found && isLockedAs(found, palette.lock)) return;
	const modules = request.snapshot.content.palette.length;
	progress(`palette: ${modules} module${modules === 1 ? '' : 's'}`);
	const shipment = await supply.shipmentOf(manifest, { timeoutMs, progress, signal });
	const build = {
		...{ dockerfile, tag, args: { RUNTIME: runtime, FILE_TIME: fileTimeOf(shipment.lock) } },
		files: paletteFiles(manifest, shipment),
		labels: { [LABELS.palette]: digestOf(manifest), [LABELS.lock]: digest12([shipment.lock]) },
	};
	try {
		await buildImage(docker, build, request);
	} catch (error) {
		const isNpm = error instanceof BuildFailure && error.step?.instruction.includes('npm ci') && error.output !== '';
		throw isNpm ? explainNpm(redact(error.output), 'the image', error) : explainBuild('the palette', error);
	}
}

function assertSameNodeRed(base: string, found: string, { nodeRed: { version } }: SnapshotContent): void {
	if (found === version) return;
	throw new FlowferryError({
		code: 'NODE_RED_VERSION',
		message: `${base} has Node-RED ${found}, but the snapshot was taken from ${version}`,
		hint: `use an image with Node-RED ${version}, such as nodered/node-red:${version}; or take the snapshot from a dev Node-RED ${found}`,
	});
}

/** Gives an image the name that was asked for. */
async function named(docker: Docker, image: BuiltImage, tag: string | undefined): Promise<BuiltImage> {
	if (tag === undefined) return image;
	try {
		await docker.getImage(image.id).tag(splitTag(tag));
	} catch (error) {
		throw new FlowferryError({
			code: 'IMAGE_TAG_INVALID',
			message: `the engine does not name an image ${tag}: ${engineWords(error)}`,
			hint: 'Names are in lower case: registry.example/plant:7.',
			cause: error,
		});
	}
	return { id: image.id, tag };
}
