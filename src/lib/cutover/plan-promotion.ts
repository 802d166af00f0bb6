import type { NamedEnvironment } from '../config/environment-of.ts';
import type { Check } from '../config/safeguards.ts';
import type { Redact } from '../config/secrets.ts';
import { driftWarnings } from '../drift/drift-warnings.ts';
import { readActive } from '../drift/running.ts';
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
import { changedPaths, type Digests } from '../plan/configuration.ts';
import type { Plan, PlanInput, Safeguards, SinceServing } from '../plan/plan.ts';
import { decideSpareKind, type SpareChoice } from '../plan/spares.ts';
import { chooseStrategy } from '../plan/strategy.ts';
import type { Release } from '../promotion/journal.ts';
import { type Serving, servingRelease } from '../promotion/serving.ts';
import type { ComparedSide } from '../snapshot/compared-side.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Target } from '../targets/target.ts';
import { pausedPromotion, pauseInTheWay } from './pause.ts';
import type { CutoverChoice } from './promote.ts';
import { activeInstances } from './slot-instances.ts';

/** How far back the promotion of the release that serves is looked for. */
const PROMOTIONS_LOOKED_AT = 100;

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
	/** Takes from a text what must not be shown. */
	redact: Redact;
	/** What of the configuration decides a promotion. */
	configuration: Digests;
}

/** What is to be promoted, and how it came to be that. */
export interface Candidate {
	snapshot: Snapshot;
	origin: ComparedSide;
	/** As in `PlanInput`. */
	stage: PlanInput['stage'];
}

/** Gathers what a plan is made of, and has it built. Changes nothing. @throws FlowferryError LINT_RULE_UNKNOWN */
export async function planPromotion(setting: PlanningSetting, { snapshot, origin, stage }: Candidate): Promise<Plan> {
	const { environment, target } = setting;
	assertRulesKnown(setting.lint, setting.plugin);
	const serving = await servingRelease(target);
	const report = judgeSnapshot(setting, snapshot);
	const old = serving && (await setting.loadSnapshot(serving.release.snapshot));
	const oldReport = old && (old.id === snapshot.id ? report : judgeSnapshot(setting, old));
	const choice = chooseStrategy(oldReport?.verdicts ?? [], report.verdicts ?? [], setting.strategy);
	const plan = buildPlan({
		environment: environment.name,
		mode: environment.mode,
		failOn: setting.failOn ?? environment.failOn,
		snapshot,
		origin,
		stage,
		lint: report,
		servingLint: oldReport,
		installs: await target.installs(snapshot),
		sinceServing: serving && (await sinceServing(setting, serving.release, choice.strategy)),
		serving: serving && old && { ...serving, snapshot: old },
		choice,
		spare: spareKindOf(environment, report),
		slots: await target.journal.slots(),
		context: environment.context,
		primary: environment.primary,
		credentials: new Set(Object.keys(environment.credentials)),
		safeguards: safeguardsOf(setting),
		completeness: assessCompleteness(snapshot, old, await provisionsOf(setting)),
	});
	const warnings = [
		...plan.warnings,
		...unguarded(environment),
		...(serving && old ? await changedInPlace(setting, serving, old, snapshot) : []),
	];
	const paused = await pausedPromotion(target.journal);
	return { ...plan, warnings, blockers: [...(paused ? [pauseInTheWay(environment.name, paused)] : []), ...plan.blockers] };
}

/** What is deployed in the editor goes past all that `protected` asks for. */
function unguarded({ editor, protected: protection }: NamedEnvironment): string[] {
	if (editor.access !== 'edit' || !protection) return [];
	return ['whoever may sign in to its editor can change this environment in place at any time, whatever `protected` asks for'];
}

/** Of what runs, only where an instance says that it was changed. */
async function changedInPlace(
	{ environment, target }: PlanningSetting,
	{ slot, release }: Serving,
	old: Snapshot,
	next: Snapshot,
): Promise<string[]> {
	const active = await activeInstances(await target.instances(slot));
	if (!active.some(({ status }) => status.drifted)) return [];
	try {
		return driftWarnings(await readActive(environment.name, release, active, environment.timeouts.contextMs), old, next);
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

/** Null where the release was promoted before that was remembered. */
async function sinceServing(
	{ target, configuration }: PlanningSetting,
	{ number }: Release,
	strategy: CutoverStrategy,
): Promise<SinceServing | null> {
	const before = await target.plans.recall(number);
	if (!before) return null;
	const last = (await target.journal.history(PROMOTIONS_LOOKED_AT)).find(
		({ kind, to }) => kind === 'promote' && to.release.number === number,
	);
	const was = last?.strategy ?? 'first';
	return { strategy: was === 'first' || was === strategy ? null : was, configuration: changedPaths(before, configuration) };
}

function safeguardsOf({ environment, redact }: PlanningSetting): Safeguards {
	const { checks, bake, keep, hooks } = environment;
	const { before, after, promoted, rolledBack } = hooks;
	const atSteps = (when: string, commands: object) => Object.keys(commands).map((step) => `${when} ${step}`);
	return {
		checks: checks.map((check) => redact(nameCheck(check))),
		hooks: [
			...atSteps('before', before),
			...atSteps('after', after),
			...(promoted === undefined ? [] : ['promoted']),
			...(rolledBack === undefined ? [] : ['rolledBack']),
		],
		bakeMs: bake.forMs,
		keep,
	};
}

function nameCheck(check: Check): string {
	if ('http' in check) return `http ${check.http}`;
	return 'mqtt' in check ? `mqtt ${check.expect}` : `command ${check.command}`;
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
