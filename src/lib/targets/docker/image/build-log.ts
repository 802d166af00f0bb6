import { stripVTControlCharacters } from 'node:util';

/** A line of what the engine's builder answers (`POST /build`, https://docs.docker.com/reference/api/engine/). */
export interface BuildEvent {
	stream?: string;
	error?: string;
	aux?: { ID?: string };
}

/** How far a build has come. */
export interface BuildLog {
	step: Step | null;
	/** What the step's program has printed. */
	output: string;
	/** The image after the latest step that ended, by the short id that the builder tells. */
	layer: string | null;
	/** The last images of the stages before the present one. */
	stages: string[];
	/** The whole id of what was built; null until the end. */
	image: string | null;
	/** In the engine's words; null where none. */
	error: string | null;
}

/** A step, from 1. */
export interface Step {
	number: number;
	of: number;
	/** As the builder shows it: `RUN npm ci`. */
	instruction: string;
}

export const NOTHING_BUILT: BuildLog = { step: null, output: '', layer: null, stages: [], image: null, error: null };

// Docker's words, and Podman's: `[1/2] STEP 3/5: RUN npm ci`, `--> 1f2e3d4c5b6`.
const STEP = /^(?:Step (?<docker>\d+\/\d+) : |(?:\[\d+\/\d+\] )?STEP (?<podman>\d+\/\d+): )(?<instruction>.*)$/s;
const LAYER = /^(?: --->|-->) ([0-9a-f]{11,64})\s*$/;
/** `---> Using cache`, `---> Running in 1f2e…`, and of the container removed. */
const REMARK = /^(?: ---> (?:Using cache|Running in [0-9a-f]+)|--> Using cache [0-9a-f]+|Removing intermediate container [0-9a-f]+)\s*$/;

/** What one more line of the answer says. */
export function readBuildEvent(log: BuildLog, { stream, error, aux }: BuildEvent): BuildLog {
	if (error !== undefined) return { ...log, error };
	if (aux?.ID !== undefined) return { ...log, image: aux.ID };
	if (stream === undefined) return log;
	const found = STEP.exec(stream)?.groups;
	if (found) {
		const [number, of] = (found.docker ?? found.podman ?? '').split('/').map(Number) as [number, number];
		const step = { number, of, instruction: (found.instruction ?? '').trim() };
		const isNextStage = log.layer !== null && /^FROM\b/i.test(step.instruction);
		if (!isNextStage) return { ...log, step, output: '' };
		return { ...log, step, output: '', layer: null, stages: [...log.stages, log.layer as string] };
	}
	const layer = LAYER.exec(stream)?.[1];
	if (layer !== undefined) return { ...log, layer };
	return REMARK.test(stream) ? log : { ...log, output: log.output + stripVTControlCharacters(stream) };
}

const SHOWN = 60;

/** A step for people: `step 3/7: RUN npm ci`. */
export function describeStep({ number, of, instruction }: Step): string {
	const line = instruction.replace(/\s+/g, ' ');
	return `step ${number}/${of}: ${line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line}`;
}
