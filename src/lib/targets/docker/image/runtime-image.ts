import type Docker from 'dockerode';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import { readOnlyFile } from '../archive.ts';
import { answeredWith } from '../engine-fault.ts';
import { BuildFailure, type Building, buildImage, dockerfileOf, explainBuild } from './build.ts';
import { LABELS, runtimeTag } from './names.ts';
import { ensurePulled, findImage } from './pull.ts';
import { type RuntimeFiles, readRuntimeFiles } from './runtime-files.ts';

export interface RuntimeRequest extends Building {
	/** The image with Node-RED in it: `nodered/node-red:5.0.7`. Pulled, where the engine has none. */
	base: string;
}

/** Where images of Node-RED have it, as the project's own do (https://github.com/node-red/node-red-docker). */
const NODE_RED_FOLDER = '/usr/src/node-red/node_modules/node-red';

/**
 * The image that instances and keepers run in, made from the base with this flowferry's programs; built only where the engine has none
 * of the same base and programs.
 * @returns its tag: `flowferry/runtime:<12 hex digits>`
 * @throws FlowferryError IMAGE_UNAVAILABLE, IMAGE_BASE_UNFIT, IMAGE_BUILD_FAILED, DISK_FULL, PROGRAM_MISSING
 */
export async function ensureRuntimeImage(docker: Docker, { base, ...building }: RuntimeRequest): Promise<string> {
	const { Id: baseId } = await ensurePulled(docker, base, building.progress, building.signal);
	const { dockerfile, brought, tag } = await planRuntime(baseId);
	if (!building.noCache && (await findImage(docker, tag))) return tag;
	const nodeRed = await nodeRedIn(docker, base);
	if (nodeRed === null) throw unfit(base, `it has no Node-RED in ${NODE_RED_FOLDER}`);
	const build = {
		...{ dockerfile, tag, args: { BASE: base } },
		files: [...brought.files].map(([path, content]) => ({ path: `root/flowferry/${path}`, content })),
		labels: runtimeLabels({ base, tag, nodeRed, version: brought.version }),
	};
	try {
		await buildImage(docker, build, building);
	} catch (error) {
		const reason = error instanceof BuildFailure ? unfitness(error) : null;
		throw reason === null ? explainBuild(`the runtime on ${base}`, error) : unfit(base, reason);
	}
	return tag;
}

/** The tag of the runtime image on a base that the engine has; null where it has no such base, or no such image. */
export async function findRuntimeImage(docker: Docker, base: string): Promise<string | null> {
	const found = await findImage(docker, base);
	if (!found) return null;
	const { tag } = await planRuntime(found.Id);
	return (await findImage(docker, tag)) ? tag : null;
}

async function planRuntime(baseId: string): Promise<{ dockerfile: string; brought: RuntimeFiles; tag: string }> {
	const [dockerfile, brought] = [await dockerfileOf('runtime'), await readRuntimeFiles()];
	return { dockerfile, brought, tag: runtimeTag([baseId, dockerfile, ...[...brought.files].flat()]) };
}

export function runtimeLabels(facts: {
	base: string;
	tag: string;
	nodeRed: string;
	version: RuntimeFiles['version'];
}): Record<string, string> {
	return {
		[LABELS.base]: facts.base,
		[LABELS.runtime]: facts.tag,
		[LABELS.nodeRed]: facts.nodeRed,
		[LABELS.version]: facts.version,
	};
}

/** What is wrong with the base, where that is why the build failed; null where it is not. */
export function unfitness({ step, output, message }: Pick<BuildFailure, 'step' | 'output' | 'message'>): string | null {
	if (!step || !/^RUN\b/.test(step.instruction)) return null;
	const said = /^unfit: (.+)$/m.exec(output)?.[1];
	if (said !== undefined) return said;
	return /executable file not found|no such file or directory/.test(message) ? 'it has no Node.js on its PATH' : null;
}

/** The version of an image's Node-RED; null where it has none. Nothing of the image is run. */
async function nodeRedIn(docker: Docker, image: string): Promise<string | null> {
	const container = await docker.createContainer({ Image: image, Cmd: ['node'], NetworkDisabled: true });
	try {
		const archive = await container.getArchive({ path: `${NODE_RED_FOLDER}/package.json` });
		return (JSON.parse((await readOnlyFile(archive)).toString('utf8')) as { version: string }).version;
	} catch (error) {
		if (answeredWith(error, 404)) return null;
		throw error;
	} finally {
		await container.remove({ v: true, force: true });
	}
}

function unfit(base: string, reason: string): FlowferryError {
	return new FlowferryError({
		code: 'IMAGE_BASE_UNFIT',
		message: `${base} is no image that flowferry can run Node-RED in: ${reason}`,
		hint: "use one of Node-RED's own images, with a tag that has Node.js 22.19 or later, such as nodered/node-red:4.1-24 or nodered/node-red:5; or one made from it",
	});
}
