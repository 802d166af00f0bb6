import type { NamedEnvironment } from '../config/environment-of.ts';
import { driftWarnings } from '../drift/drift-warnings.ts';
import { readRunning } from '../drift/running.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { withSharedStore } from '../lint/context-stores.ts';
import type { LintReport, Severity } from '../lint/finding.ts';
import { judge } from '../lint/judge.ts';
import type { LintPlugin } from '../lint/plugin.ts';
import { ruleIds } from '../lint/rule-list.ts';
import { findUnknownRules, type LintSection, resolveSettings, type Settings } from '../lint/settings.ts';
import type { CutoverStrategy } from '../lint/verdict.ts';
import { readNodeRedVersion } from '../node-red/installed.ts';
import { buildPlan } from '../plan/build.ts';
import { assessCompleteness } from '../plan/completeness/assess.ts';
import type { Provisions } from '../plan/completeness/lack.ts';
import type { Blocker, Plan, Safeguards } from '../plan/plan.ts';
import { decideSpareKind, type SpareChoice } from '../plan/spares.ts';
import { chooseStrategy } from '../plan/strategy.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Target } from '../targets/target.ts';
import { pausedPromotion, pauseInTheWay } from './pause.ts';
import { type CutoverChoice, servingRelease } from './promote.ts';
import { activeInstances } from './slot-instances.ts';

export interface PlanningSetting {
	environment: NamedEnvironment;
	target: Target;
	loadSnapshot: (id: string) => Promise<Snapshot>;
	/** Names of the variables that instances inherit from this machine. */
	inherited: Iterable<string>;
	/** Instead of the environment's own lint gate. */
	failOn?: Severity | 'never';
	/** Instead of the one that the flows need. */
	strategy?: CutoverStrategy;
	/** The configuration's section `lint`. */
	lint: LintSection;
	/** Of its plugins, loaded. */
	plugin: LintPlugin;
}

/** Gathers what a plan is made of, and has it built. Changes nothing. @throws FlowferryError LINT_RULE_UNKNOWN */
export async function planPromotion(setting: PlanningSetting, snapshot: Snapshot): Promise<Plan> {
	const { environment, target } = setting;
	assertRulesKnown(setting.lint, setting.plugin);
	const serving = await servingRelease(target);
	const report = judgeSnapshot(setting, snapshot);
	const old = serving && (await setting.loadSnapshot(serving.release.snapshot));
	const plan = buildPlan({
		environment: environment.name,
		mode: environment.mode,
		failOn: setting.failOn ?? environment.failOn,
		snapshot,
		lint: report,
		serving: serving && old && { ...serving, snapshot: old },
		choice: chooseStrategy((old && judgeSnapshot(setting, old).verdicts) ?? [], report.verdicts ?? [], setting.strategy),
		spare: spareKindOf(environment, report),
		slots: await target.journal.slots(),
		context: environment.context,
		primary: environment.primary,
		credentials: new Set(Object.keys(environment.credentials)),
		safeguards: safeguardsOf(environment),
		completeness: assessCompleteness(snapshot, old, await provisionsOf(setting)),
	});
	const warnings = [...plan.warnings, ...(await changedInPlace(setting, old, snapshot))];
	const paused = await pausedPromotion(target.journal);
	return { ...plan, warnings, blockers: [...(paused ? [pauseInTheWay(environment.name, paused)] : []), ...plan.blockers] };
}

/** Of what runs, only where an instance says that it was changed. */
async function changedInPlace({ environment, target }: PlanningSetting, old: Snapshot | null, next: Snapshot): Promise<string[]> {
	const serving = old && (await servingRelease(target));
	const active = serving ? await activeInstances(await target.instances(serving.slot)) : [];
	if (!old || !active.some(({ status }) => status.drifted)) return [];
	try {
		return driftWarnings(await readRunning(environment.name, target, environment.timeouts.contextMs), old, next);
	} catch (error) {
		// Away from an instance that does not answer is where a promotion may lead.
		return [
			`what runs was changed in place, and that ends with this promotion; what was changed is not known: ${(error as Error).message}`,
		];
	}
}

/** What two releases need for a cutover between them. */
export function choiceBetween(setting: PlanningSetting, old: Snapshot, next: Snapshot): CutoverChoice {
	const report = judgeSnapshot(setting, next);
	const { strategy } = chooseStrategy(judgeSnapshot(setting, old).verdicts ?? [], report.verdicts ?? []);
	return { strategy, spare: spareKindOf(setting.environment, report).spare };
}

function spareKindOf({ mode, spare }: NamedEnvironment, { verdicts }: LintReport): SpareChoice {
	return decideSpareKind(mode === 'hot-spare' ? spare : 'warm', verdicts ?? []);
}

/** As the lint sees it in this environment. */
export function judgeSnapshot(setting: PlanningSetting, { content }: Snapshot): LintReport {
	const { mode, primary } = setting.environment;
	return judge(content.flows, { mode, primary, settings: settingsOf(setting), variables: [...variablesOf(setting)] }).report;
}

function settingsOf({ lint, plugin, environment }: PlanningSetting): Settings {
	const settings = resolveSettings(lint, plugin);
	// Settings of the user's own may name another default, which the lint does not know.
	const isKnown = environment.settings === undefined || lint.contextStorage !== undefined;
	if (environment.context.store !== 'sqlite' || !isKnown) return settings;
	return { ...settings, contextStores: withSharedStore(settings.contextStores) };
}

/** What the environment has for a snapshot. */
async function provisionsOf({ environment, inherited }: PlanningSetting): Promise<Provisions> {
	const { name, variables, credentials, nodeRed, settings, hosts } = environment;
	return {
		environment: name,
		variables: new Map([...Array.from(inherited, (inheritedName) => [inheritedName, null] as const), ...Object.entries(variables)]),
		credentials: Object.fromEntries(Object.entries(credentials).map(([id, fields]) => [id, Object.keys(fields)])),
		nodeRed: nodeRed === undefined ? null : { folder: nodeRed, version: await readNodeRedVersion(nodeRed) },
		node: process.versions.node,
		ownSettings: settings !== undefined,
		hosts,
	};
}

function variablesOf({ inherited, environment }: PlanningSetting): Set<string> {
	return new Set([...inherited, ...Object.keys(environment.variables)]);
}

function safeguardsOf({ checks, hooks, bake, keep }: NamedEnvironment): Safeguards {
	const { before, after, promoted, rolledBack } = hooks;
	const commands = [...Object.values(before), ...Object.values(after), promoted, rolledBack].filter((command) => command !== undefined);
	return { checks: checks.length, hooks: commands.length, bakeMs: bake.forMs, keep };
}

/** A rule that is misspelt would gate, or let pass, what nobody meant. */
function assertRulesKnown(section: LintSection, { rules }: LintPlugin): void {
	const [unknown] = findUnknownRules(section, [...ruleIds, ...rules.map(({ id }) => id)]);
	if (!unknown) return;
	const { rule, meant } = unknown;
	throw new FlowferryError({
		code: 'LINT_RULE_UNKNOWN',
		message: `The configuration's section lint names ${rule}, which is no rule`,
		hint: meant === undefined ? 'See the rules with `flowferry rules`.' : `Did you mean ${meant}?`,
	});
}

/** @throws FlowferryError for what stands in the way of a plan: LINT_GATE (exit 1), PROMOTION_PAUSED (exit 6), and what the environment lacks (exit 2) */
export function assertUnblocked({ blockers }: Plan): void {
	const [first] = blockers;
	if (!first) return;
	throw new FlowferryError({ ...first, exitStatus: blockedStatus[first.code] });
}

/** With which status a command ends that something stands in the way of. */
export const blockedStatus: Record<Blocker['code'], ExitStatus> = {
	LINT_GATE: ExitStatus.findings,
	VARIABLES_MISSING: ExitStatus.usage,
	CREDENTIALS_MISSING: ExitStatus.usage,
	TYPES_MISSING: ExitStatus.usage,
	NODE_RED_VERSION: ExitStatus.usage,
	PROMOTION_PAUSED: ExitStatus.declined,
};

/**
 * What was shown and agreed to is what is done. The caller holds the lock.
 * @throws FlowferryError PLAN_OUTDATED (exit 6) where another release serves than when the plan was made
 */
export async function assertCurrent({ environment, from }: Plan, target: Target): Promise<void> {
	const serving = await servingRelease(target);
	if (serving?.release.number === from?.release) return;
	const now = serving ? `release ${serving.release.number} serves` : 'nothing serves';
	throw new FlowferryError({
		code: 'PLAN_OUTDATED',
		message: `${environment} has changed since the plan was made: ${now} now, and no longer ${from ? `release ${from.release}` : 'nothing'}`,
		hint: 'nothing was changed; run the command again for a plan of what is now',
		exitStatus: ExitStatus.declined,
	});
}
