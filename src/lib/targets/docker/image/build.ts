import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { packageRoot } from '../../../adapters/package-root.ts';
import { ExitStatus } from '../../../errors/exit-status.ts';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import type { Progress } from '../../target.ts';
import { type ArchiveFile, packArchive } from '../archive.ts';
import { type BuildEvent, type BuildLog, describeStep, NOTHING_BUILT, readBuildEvent, type Step } from './build-log.ts';
import { eventsOf } from './engine-events.ts';

/** What the engine's builder is given. */
export interface Build {
	/** The text of the Dockerfile. */
	dockerfile: string;
	/** What its COPY finds. */
	files: readonly ArchiveFile[];
	args: Record<string, string>;
	labels: Record<string, string>;
	tag: string;
}

/** How an image is built. */
export interface Building {
	progress: Progress;
	/** Ends the build. */
	signal?: AbortSignal | undefined;
	/** Nothing that was built before is used. */
	noCache?: boolean;
}

/** A build that came to no image. */
export class BuildFailure extends Error {
	/** The step that failed; null where the builder came to none. */
	readonly step: Step | null;
	/** What its program printed. */
	readonly output: string;

	constructor(words: string, { step, output }: Pick<BuildLog, 'step' | 'output'>) {
		super(words);
		this.step = step;
		this.output = output.trim();
	}
}

/** The text of one of the Dockerfiles in `templates/docker`. */
export async function dockerfileOf(name: 'runtime' | 'palette' | 'release'): Promise<string> {
	return await readFile(join(packageRoot(), 'templates', 'docker', `${name}.Dockerfile`), 'utf8');
}

/**
 * Builds an image by the engine's classic builder, which every engine has. Nothing but the image is left, whether it succeeds or not.
 * @returns its id
 * @throws BuildFailure
 */
export async function buildImage(docker: Docker, build: Build, { progress, signal, noCache = false }: Building): Promise<string> {
	const context = packArchive([...build.files, { path: 'Dockerfile', content: build.dockerfile }]);
	const { tag: t, args: buildargs, labels } = build;
	let log: BuildLog = NOTHING_BUILT;
	try {
		const answer = await docker.buildImage(context, {
			...{ t, buildargs, labels, nocache: noCache, version: '1', rm: true, forcerm: true },
			...(signal === undefined ? {} : { abortSignal: signal }),
		});
		for await (const event of eventsOf<BuildEvent>(answer)) {
			const { step } = log;
			log = readBuildEvent(log, event);
			if (log.step && log.step !== step) progress(describeStep(log.step));
		}
	} catch (error) {
		log = { ...log, error: engineWords(error) };
	} finally {
		context.destroy();
	}
	const left = log.image === null && log.layer !== null ? [...log.stages, log.layer] : log.stages;
	await removeLeft(docker, left);
	signal?.throwIfAborted();
	if (log.image === null) throw new BuildFailure(log.error ?? 'the engine ended its answer before the image was built', log);
	return log.image;
}

/** What the engine, or the way to it, says of a failed call. */
export function engineWords(error: unknown): string {
	return (error as { json?: { message?: string } }).json?.message ?? (error as Error).message;
}

/** A build's failure as users meet it, where nothing more is known of it. */
export function explainBuild(what: string, error: unknown): unknown {
	if (!(error instanceof BuildFailure)) return error;
	if (/no space left on device/i.test(`${error.message}\n${error.output}`)) {
		return new FlowferryError({
			code: 'DISK_FULL',
			message: `no space left on the engine's disk for the image of ${what}`,
			hint: 'make room there (`docker system df` tells what takes it), then run the same command again',
			cause: error,
		});
	}
	const at = error.step === null ? '' : ` at ${describeStep(error.step)}`;
	const printed = error.output === '' ? '' : `\n${error.output.split('\n').slice(-5).join('\n')}`;
	return new FlowferryError({
		code: 'IMAGE_BUILD_FAILED',
		message: `the engine cannot build the image of ${what}${at}: ${error.message}${printed}`,
		hint: "run the same command again where the engine was interrupted; else the engine's log tells more (`journalctl -u docker`)",
		exitStatus: ExitStatus.usage,
		cause: error,
	});
}

/** The images of other stages, and of a failed build the last that came about: the builder leaves them without a name. */
async function removeLeft(docker: Docker, ids: readonly string[]): Promise<void> {
	for (const id of [...ids].reverse()) {
		const facts = await docker
			.getImage(id)
			.inspect()
			.catch(() => null);
		// What has a name is one that the build began with.
		if (facts?.RepoTags?.length === 0) {
			await docker
				.getImage(id)
				.remove()
				.catch(() => {});
		}
	}
}
