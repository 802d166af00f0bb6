import { readFile } from 'node:fs/promises';
import { findSnapshot } from './compared-snapshot.ts';
import type { Context } from './context.ts';
import type { EnvironmentSession } from './environment-command.ts';
import { environmentOf } from './lib/config/environment-of.ts';
import { type Candidate, choiceBetween, judgeSnapshot, type PlanningSetting, planPromotion } from './lib/cutover/plan-promotion.ts';
import type { CutoverChoice } from './lib/cutover/promote.ts';
import { planStale } from './lib/cutover/promotion-errors.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { loadPlugins } from './lib/gate/plugins.ts';
import type { Severity } from './lib/lint/finding.ts';
import type { CutoverStrategy, FlowVerdict } from './lib/lint/verdict.ts';
import { type Digests, digestConfiguration, nameTarget } from './lib/plan/configuration.ts';
import type { Plan } from './lib/plan/plan.ts';
import { type SavedPlan, savePlan, withoutSecrets } from './lib/plan/saved-plan.ts';
import { staleImage, staleReasons } from './lib/plan/stale.ts';
import type { Release } from './lib/promotion/journal.ts';
import { type Snapshot, shortId } from './lib/snapshot/snapshot.ts';
import { givenVariables } from './lib/targets/given-variables.ts';
import { stageBefore } from './stage-before.ts';

export interface PlanningFlags {
	/** A stored snapshot's id. */
	snapshot?: string | undefined;
	/** The environment whose snapshot it is. */
	from?: string | undefined;
	'fail-on'?: Severity | 'never' | undefined;
	strategy?: CutoverStrategy | undefined;
}

/** With what a snapshot of it could not hold. */
type FoundCandidate = Candidate & { warnings: string[] };

export interface Planned {
	snapshot: Snapshot;
	plan: Plan;
	/** What of the configuration decided it. */
	configuration: Digests;
	/** The checksum of the saved plan that it is; null where it is none. */
	saved: string | null;
}

/** The snapshot that a command is about, with the plan of its promotion; what it could not hold is among the plan's warnings. */
export async function planSnapshot(session: EnvironmentSession, flags: PlanningFlags): Promise<Planned> {
	return await planCandidate(session, await findCandidate(session, flags), flags);
}

async function planCandidate(session: EnvironmentSession, found: FoundCandidate, flags: PlanningFlags): Promise<Planned> {
	const { warnings, ...candidate } = found;
	const { 'fail-on': failOn, strategy } = flags;
	const setting = { ...(await planningSetting(session)), ...(failOn && { failOn }), ...(strategy && { strategy }) };
	const plan = await planPromotion(setting, candidate);
	const { snapshot } = candidate;
	return { snapshot, plan: { ...plan, warnings: [...plan.warnings, ...warnings] }, configuration: setting.configuration, saved: null };
}

/** @param version of this flowferry */
export async function planToSave(session: EnvironmentSession, planned: Planned, flags: PlanningFlags, version: string): Promise<SavedPlan> {
	const { context, environment, target } = session;
	const { 'fail-on': failOn, strategy } = flags;
	return savePlan({
		version,
		environment: environment.name,
		target: nameTarget(await target.plans.key()),
		flags: { ...(failOn && { failOn }), ...(strategy && { strategy }) },
		configuration: planned.configuration,
		plan: withoutSecrets(planned.plan, context.redact),
		...(target.image && { image: target.image.id }),
		author: await context.author(),
		time: context.now().toISOString(),
	});
}

/**
 * A saved plan, made again of the stored snapshot. The dev Node-RED is not asked.
 * @throws FlowferryError PLAN_STALE (exit 6) where it comes to anything else now
 */
export async function planAgain(session: EnvironmentSession, saved: SavedPlan, version: string): Promise<Planned> {
	const { context, target } = session;
	const { failOn, strategy } = saved.flags;
	const otherImage = staleImage(saved, target.image?.id ?? null);
	if (otherImage.length > 0) throw planStale(saved, otherImage);
	const { snapshot: id, origin } = saved.plan;
	const snapshot = await storedOrNull(context, id);
	if (!snapshot) throw planStale(saved, [`the store no longer has its snapshot ${shortId(id)}`]);
	const candidate = { snapshot, origin, stage: await stageBefore(context, session.environment), warnings: [] };
	const planned = await planCandidate(session, candidate, { 'fail-on': failOn, strategy });
	const { configuration, plan } = planned;
	const reasons = staleReasons(saved, {
		version,
		target: nameTarget(await target.plans.key()),
		configuration,
		plan: withoutSecrets(plan, context.redact),
	});
	if (reasons.length > 0) throw planStale(saved, reasons);
	return { ...planned, saved: saved.checksum };
}

async function storedOrNull({ snapshots }: Context, id: string): Promise<Snapshot | null> {
	try {
		return await snapshots.get(id);
	} catch (error) {
		if (error instanceof FlowferryError && error.code === 'SNAPSHOT_UNKNOWN') return null;
		throw error;
	}
}

async function findCandidate(session: EnvironmentSession, flags: PlanningFlags): Promise<FoundCandidate> {
	const { context, environment } = session;
	const image = session.target.image;
	const isSaid = flags.from !== undefined || flags.snapshot !== undefined;
	if (image && image.snapshot !== null && !isSaid)
		return await findCandidate(session, { ...flags, snapshot: await ofImage(context, image.name, image.snapshot) });
	const from = flags.from ?? (flags.snapshot === undefined ? environment.after : undefined);
	if (from !== undefined) {
		const { name } = environmentOf(context.config, from);
		const { snapshot, side } = await findSnapshot(context, name);
		// Asked twice, the stage might have gone on in between.
		const stage = name === environment.after ? { environment: name, snapshot: snapshot.id } : await stageBefore(context, environment);
		return { snapshot, origin: side, stage, warnings: [] };
	}
	const stage = await stageBefore(context, environment);
	if (flags.snapshot !== undefined) {
		const snapshot = await context.snapshots.get(flags.snapshot);
		return { snapshot, origin: { kind: 'stored', snapshot: snapshot.id }, stage, warnings: [] };
	}
	const { snapshot, warnings } = await context.capture('');
	const { unshared } = await context.snapshots.put(snapshot);
	const all = unshared ? [...warnings, unshared.message] : warnings;
	return { snapshot, origin: { kind: 'dev', snapshot: snapshot.id }, stage, warnings: all };
}

/** The snapshot that an image was built for. @throws FlowferryError SNAPSHOT_UNKNOWN */
async function ofImage(context: Context, name: string, snapshot: string): Promise<string> {
	if ((await storedOrNull(context, snapshot)) !== null) return snapshot;
	throw new FlowferryError({
		code: 'SNAPSHOT_UNKNOWN',
		message: `${name} was built for snapshot ${shortId(snapshot)}, which the store does not have`,
		hint: 'bring it here from where the image was built: `flowferry snapshot pull`, or `snapshot export` there and `snapshot import` here',
	});
}

/** For a cutover between two stored releases; the strictest strategy where a snapshot is damaged. */
export function chooserFor(
	session: EnvironmentSession,
	wanted: CutoverStrategy | undefined,
): (from: Release, to: Release) => Promise<CutoverChoice> {
	return async (from, to) => {
		const setting = await planningSetting(session);
		const loaded = await Promise.allSettled([setting.loadSnapshot(from.snapshot), setting.loadSnapshot(to.snapshot)]);
		const [old, next] = loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
		// What cannot be read cannot be judged; a rollback to what is still warm needs no snapshot, any other says what is wrong.
		const choice: CutoverChoice = old && next ? choiceBetween(setting, old, next) : { strategy: 'exclusive', spare: 'warm' };
		return wanted ? { ...choice, strategy: wanted } : choice;
	};
}

/** What the lint says of the flows of a stored snapshot; null where it cannot be read. */
export async function judgeServing(session: EnvironmentSession, snapshot: string): Promise<FlowVerdict[] | null> {
	const setting = await planningSetting(session);
	const loaded = await setting.loadSnapshot(snapshot).catch(() => null);
	return loaded && (judgeSnapshot(setting, loaded).verdicts ?? []);
}

async function planningSetting({ context, environment, target }: EnvironmentSession): Promise<PlanningSetting> {
	const { lint } = context.config;
	const plugin = await loadPlugins(lint.plugins, context.directory);
	// That it cannot be read is said by what is started with it.
	const settings = environment.settings === undefined ? null : await readFile(environment.settings, 'utf8').catch(() => null);
	const configuration = digestConfiguration(environment, lint, await target.plans.key(), context.directory, settings);
	const inherited = givenVariables(environment.target, Object.keys(context.inherited));
	return { environment, target, loadSnapshot: context.snapshots.get, inherited, lint, plugin, redact: context.redact, configuration };
}
