import type { Mode } from '../flows/mode.ts';
import type { FlowVerdict } from './verdict.ts';

export const families = [
	'subscriptions',
	'implicit-state',
	'explicit-state',
	'timers',
	'listeners',
	'singletons',
	'local',
	'portability',
	'cutover',
	'correctness',
] as const;
export type Family = (typeof families)[number];

/** From the gravest down. */
export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

export const confidences = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof confidences)[number];

/** One hazard at one node, judged for one mode. */
export interface Finding {
	/** The rule's id, kebab-case. */
	rule: string;
	family: Family;
	severity: Severity;
	confidence: Confidence;
	nodeId: string;
	nodeType: string;
	/** Empty where the node has no name. */
	nodeName: string;
	/** The flow (tab) or subflow of the node; null for a global config node. */
	flowId: string | null;
	flowLabel: string | null;
	/** What would happen in this mode. */
	message: string;
	/** What to do. */
	remediation: string;
	/** The rule's page, relative to the package: `docs/rules/<rule>.md`; what a plugin's rule says instead. */
	docs: string;
	/** Other nodes that it takes to understand this one; absent where there is none. */
	related?: RelatedNode[];
}

export interface RelatedNode {
	nodeId: string;
	/** Empty where the node has no name. */
	nodeName: string;
	/** What it has to do with the finding. */
	why: string;
}

/** The contract of `flowferry lint --format json`. */
export interface LintReport {
	version: 1;
	mode: Mode;
	findings: Finding[];
	/** What a cutover may do with each flow; absent where a report was put together from others. */
	verdicts?: FlowVerdict[];
	summary: { nodes: number; flows: number; errors: number; warnings: number; infos: number };
}
