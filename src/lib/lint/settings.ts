import { nearest } from '../config/nearest.ts';
import type { Mode } from '../flows/mode.ts';
import { checkTypes } from './catalogue/check-types.ts';
import type { NodeKnowledge } from './catalogue/knowledge.ts';
import type { ContextStores } from './context-stores.ts';
import type { Confidence } from './finding.ts';
import { compileNamePatterns, compilePathPatterns } from './pattern.ts';
import type { LintPlugin } from './plugin.ts';
import { type Level, type PresetName, presets } from './presets.ts';
import type { FailOn } from './report.ts';
import type { Rule } from './rule.ts';

export type RuleLevels = Readonly<Record<string, Level>>;

/** The section `lint` of a configuration, with its defaults. */
export interface LintSection {
	extends: readonly PresetName[];
	failOn?: FailOn | undefined;
	minConfidence?: Confidence | undefined;
	maxWarnings?: number | undefined;
	rules: RuleLevels;
	overrides: readonly { flows?: readonly string[] | undefined; files?: readonly string[] | undefined; rules: RuleLevels }[];
	/** Entries as `checkTypes` takes them. */
	types?: readonly unknown[] | undefined;
	/** Modules, as `loadPlugins` takes them. */
	plugins?: readonly string[] | undefined;
	contextStorage?: Readonly<Record<string, unknown>> | undefined;
	ignore: { flows: readonly string[]; files: readonly string[] };
}

/** Where a finding is, as overrides see it. `file`: null where flows come from no file. */
export interface FindingSite {
	file: string | null;
	flowId: string | null;
	flowLabel: string | null;
}

/** A section with its presets, ready to be asked. */
export interface Settings {
	mode: Mode | undefined;
	failOn: FailOn;
	minConfidence: Confidence;
	maxWarnings: number | undefined;
	/** Undefined: as the rule itself judges. */
	levelOf(rule: string, site: FindingSite): Level | undefined;
	/** True: nothing that the rule finds would be kept anywhere. */
	isOff(rule: string): boolean;
	ignoresFile(file: string): boolean;
	ignoresFlow(site: FindingSite): boolean;
	/** Rules and node types of the team's own. */
	rules: readonly Rule[];
	types: readonly NodeKnowledge[];
	contextStores: ContextStores | undefined;
}

const emptySection: LintSection = { extends: [], rules: {}, overrides: [], ignore: { flows: [], files: [] } };
const nothing = { rules: [], types: [] };

/**
 * Later presets win over earlier ones, the section over its presets, later overrides over all before them.
 * @param plugin of the section's plugins, loaded
 * @throws FlowferryError LINT_TYPES_INVALID
 */
export function resolveSettings(section: LintSection = emptySection, plugin: Pick<LintPlugin, 'rules' | 'types'> = nothing): Settings {
	const extended = section.extends.map((name) => presets[name]);
	const rules: RuleLevels = Object.assign({}, ...extended.map((preset) => preset.rules), section.rules);
	const overrides = section.overrides.map((override) => ({
		rules: override.rules,
		flows: override.flows && compileNamePatterns(override.flows),
		files: override.files && compilePathPatterns(override.files),
	}));
	const ignoredFlows = compileNamePatterns(section.ignore.flows);
	const isAt = (fits: (name: string) => boolean, { flowId, flowLabel }: FindingSite) =>
		flowId !== null && (fits(flowId) || fits(flowLabel ?? ''));
	return {
		mode: extended.findLast((preset) => preset.mode)?.mode,
		failOn: section.failOn ?? extended.findLast((preset) => preset.failOn)?.failOn ?? 'error',
		minConfidence: section.minConfidence ?? 'low',
		maxWarnings: section.maxWarnings,
		levelOf: (rule, site) => {
			const last = overrides.findLast(
				(override) =>
					Object.hasOwn(override.rules, rule) &&
					(!override.flows || isAt(override.flows, site)) &&
					(!override.files || (site.file !== null && override.files(site.file))),
			);
			return last ? last.rules[rule] : ownLevel(rules, rule);
		},
		isOff: (rule) => ownLevel(rules, rule) === 'off' && overrides.every((override) => (ownLevel(override.rules, rule) ?? 'off') === 'off'),
		ignoresFile: compilePathPatterns(section.ignore.files),
		ignoresFlow: (site) => isAt(ignoredFlows, site),
		rules: plugin.rules,
		types: [...checkTypes(section.types ?? [], 'lint.types'), ...plugin.types],
		contextStores: section.contextStorage as ContextStores | undefined,
	};
}

function ownLevel(rules: RuleLevels, rule: string): Level | undefined {
	return Object.hasOwn(rules, rule) ? rules[rule] : undefined;
}

/** A rule that a section names and nobody knows. */
export interface UnknownRule {
	/** From the configuration's root. */
	path: (string | number)[];
	rule: string;
	/** The known rule that was most likely meant. */
	meant: string | undefined;
}

export function findUnknownRules(section: LintSection, known: readonly string[]): UnknownRule[] {
	const ids = new Set(known);
	const unknownIn = (rules: RuleLevels, path: (string | number)[]) =>
		Object.keys(rules)
			.filter((rule) => !ids.has(rule))
			.map((rule) => ({ path: [...path, rule], rule, meant: nearest(rule, known) }));
	return [
		...unknownIn(section.rules, ['lint', 'rules']),
		...section.overrides.flatMap((override, index) => unknownIn(override.rules, ['lint', 'overrides', index, 'rules'])),
	];
}
