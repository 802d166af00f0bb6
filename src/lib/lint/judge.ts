import { buildGraph, containerOf } from '../flows/graph.ts';
import type { FlowNode } from '../flows/node.ts';
import { type LintOptions, lint } from './engine.ts';
import type { Finding, LintReport } from './finding.ts';
import { buildReport } from './report.ts';
import { rules as allRules } from './rules/index.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { judgeSuppressions, mayHoldSuppression, readSuppressions, suppress, type UnmetSuppression } from './suppress.ts';
import { suppressionRules } from './suppression-rules.ts';

export interface JudgeOptions extends LintOptions {
	/** Default: none, each rule as it judges. */
	settings?: Settings;
	/** Of the flows, as patterns for files see it; null, the default, where they come from no file. */
	file?: string | null;
}

export interface Judged {
	/** Without what is suppressed, with what is wrong with suppressions. */
	report: LintReport;
	/** What suppressions in the flows put aside. */
	suppressed: Finding[];
}

/** Judges flows as a team's settings and the flows' own suppressions want it. Pure. @throws as `lint` */
export function judge(flows: readonly FlowNode[], options: JudgeOptions): Judged {
	const { settings = resolveSettings(), file = null, rules = [...allRules, ...settings.rules], ...rest } = options;
	const runRules = (mode: LintOptions['mode'], isWanted: (rule: string) => boolean = () => true): LintReport =>
		lint(flows, { types: settings.types, ...stores, ...rest, mode, rules: rules.filter(({ id }) => isWanted(id)) });
	const stores = settings.contextStores ? { contextStores: settings.contextStores } : {};
	const level = (findings: readonly Finding[]) => applyLevels(findings, settings, file);

	// Also those that settings switch off: the verdicts on flows stand on all of them.
	const raw = runRules(options.mode);
	const withFindings = (findings: readonly Finding[]): LintReport => ({ ...raw, ...buildReport(findings, flows, options.mode) });
	if (!flows.some(mayHoldSuppression)) return { report: withFindings(level(raw.findings)), suppressed: [] };

	const graph = buildGraph(flows);
	const suppressions = readSuppressions(graph);
	const { kept, suppressed, unmet } = suppress(level(raw.findings), suppressions);
	const unused = unmet.length === 0 ? [] : unmetInAnyMode(unmet);
	const known = [...rules, ...suppressionRules].map(({ id }) => id);
	const problems = judgeSuppressions(suppressions, unused, known, (node) => containerOf(graph, node));
	return { report: withFindings([...kept, ...level(problems)]), suppressed };

	/** Flows are judged for one mode at a time; a suppression is for both. What is switched off is not judged at all. */
	function unmetInAnyMode(candidates: readonly UnmetSuppression[]): UnmetSuppression[] {
		const concerned = new Set(candidates.map(({ rule }) => rule));
		const other = runRules(options.mode === 'hot-spare' ? 'load-balanced' : 'hot-spare', (rule) => concerned.has(rule));
		const met = new Set(
			[...raw.findings, ...other.findings].flatMap(({ rule, nodeId, flowId }) => [`${rule} ${nodeId}`, `${rule} ${flowId}`]),
		);
		return candidates.filter(({ rule, owner }) => !settings.isOff(rule) && !met.has(`${rule} ${owner.id}`));
	}
}

function applyLevels(findings: readonly Finding[], settings: Settings, file: string | null): Finding[] {
	return findings.flatMap((finding) => {
		const site = { file, flowId: finding.flowId, flowLabel: finding.flowLabel };
		if (settings.ignoresFlow(site)) return [];
		const severity = settings.levelOf(finding.rule, site) ?? finding.severity;
		return severity === 'off' ? [] : [{ ...finding, severity }];
	});
}
