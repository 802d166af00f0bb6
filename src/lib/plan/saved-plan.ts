import type { Redact } from '../config/secrets.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { canonicalDigest } from '../flows/canonical.ts';
import { type Severity, severities } from '../lint/finding.ts';
import { type CutoverStrategy, cutoverStrategies } from '../lint/verdict.ts';
import type { Digests } from './configuration.ts';
import type { Plan } from './plan.ts';

/** A plan as a file: `plan --out` writes it, `promote --plan` applies it and nothing else. It holds no secret. */
export interface SavedPlan {
	format: 'flowferry-plan';
	formatVersion: 1;
	/** Of the flowferry that made it. */
	version: string;
	environment: string;
	/** Which target it was made for, as `nameTarget` says. */
	target: string;
	/** What the command was given. */
	flags: PlanFlags;
	/** Of the environment's configuration and the section `lint`. */
	configuration: Digests;
	/** `GivenImage.id` of the image that was given; absent where none was. */
	image?: string;
	plan: Plan;
	/** `Name <mail>`. */
	author: string;
	/** ISO 8601, UTC. */
	time: string;
	/** 64 hex digits, of everything above: it names the plan where one is approved. */
	checksum: string;
}

export interface PlanFlags {
	failOn?: Severity | 'never';
	strategy?: CutoverStrategy;
}

export function savePlan(unsigned: Omit<SavedPlan, 'format' | 'formatVersion' | 'checksum'>): SavedPlan {
	// As it will be read: without what JSON leaves out.
	const content = JSON.parse(JSON.stringify({ format: 'flowferry-plan', formatVersion: 1, ...unsigned })) as Omit<SavedPlan, 'checksum'>;
	return { ...content, checksum: canonicalDigest(content) };
}

/** A plan without what no file may hold: a lack may name a host that came from a variable. */
export function withoutSecrets(plan: Plan, redact: Redact): Plan {
	const { completeness, blockers, warnings } = plan;
	const cleaned = <T extends object>(item: T, keys: (keyof T)[]): T => ({
		...item,
		...Object.fromEntries(keys.map((key) => [key, redact(String(item[key]))])),
	});
	return {
		...plan,
		completeness: { ...completeness, lacks: completeness.lacks.map((lack) => cleaned(lack, ['message', 'remedy'])) },
		blockers: blockers.map((blocker) => cleaned(blocker, ['message', 'hint'])),
		warnings: warnings.map(redact),
	};
}

export function renderSavedPlan(saved: SavedPlan): string {
	return `${JSON.stringify(saved, null, '\t')}\n`;
}

/**
 * @param path names the file in errors
 * @throws FlowferryError PLAN_FILE_INVALID, PLAN_FILE_VERSION, PLAN_FILE_DAMAGED
 */
export function parseSavedPlan(text: string, path: string): SavedPlan {
	let found: unknown;
	try {
		found = JSON.parse(text);
	} catch (cause) {
		throw invalid(path, text.trim() === '' ? 'is empty' : 'is not JSON: it was cut off or changed, or is no plan', cause);
	}
	const saved = (typeof found === 'object' && found !== null ? found : {}) as SavedPlan;
	if (saved.format !== 'flowferry-plan') throw invalid(path, 'is no plan of flowferry');
	if (saved.formatVersion !== 1) {
		throw new FlowferryError({
			code: 'PLAN_FILE_VERSION',
			message: `The plan ${path} has format ${JSON.stringify(saved.formatVersion)}; this flowferry knows format 1`,
			hint: 'Promote with the flowferry that made the plan, or make a new one: flowferry plan --out.',
		});
	}
	const { checksum, ...content } = saved;
	if (checksum !== canonicalDigest(content)) {
		throw new FlowferryError({
			code: 'PLAN_FILE_DAMAGED',
			message: `The plan ${path} is not as it was written: its checksum is another`,
			hint: 'Fetch it again from where it was made, or make a new one: flowferry plan --out.',
		});
	}
	if (!isPlan(saved)) throw invalid(path, 'lacks what a plan has to say');
	return saved;
}

/** A file that somebody wrote by hand may have a right checksum. */
function isPlan({ version, environment, target, flags, configuration, image, plan }: SavedPlan): boolean {
	const texts = [version, environment, target].every((text) => typeof text === 'string');
	const objects = [flags, configuration, plan].every((value) => typeof value === 'object' && value !== null);
	const isImage = image === undefined || (typeof image === 'string' && /^\S+$/.test(image));
	if (!texts || !objects || !isImage) return false;
	const { failOn = 'never', strategy } = flags;
	const areFlags = [...severities, 'never'].includes(failOn) && (strategy === undefined || cutoverStrategies.includes(strategy));
	const isFrom = plan.from === null || Number.isInteger(plan.from?.release);
	return (
		areFlags &&
		isFrom &&
		/^[0-9a-f]{64}$/.test(String(plan.snapshot)) &&
		plan.environment === environment &&
		typeof plan.origin?.kind === 'string' &&
		Array.isArray(plan.blockers) &&
		plan.blockers.every((blocker) => typeof blocker?.code === 'string')
	);
}

function invalid(path: string, problem: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'PLAN_FILE_INVALID',
		message: `The plan ${path} ${problem}`,
		hint: 'Name a file that `flowferry plan --out` has written.',
		cause,
	});
}
