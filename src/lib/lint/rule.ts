import type { FlowNode } from '../flows/node.ts';
import type { Confidence, Family, Severity } from './finding.ts';
import type { RelatedJudgement } from './related.ts';
import type { RuleContext } from './rule-context.ts';

/** What a rule says of one node; the engine makes the finding of it. */
export interface Judgement {
	node: FlowNode;
	severity: Severity;
	confidence: Confidence;
	/** What would happen in this mode, as a full sentence or two. */
	message: string;
	/** What to do, as an instruction. */
	remediation: string;
	/** Other nodes that it takes to understand this one, at most a few. */
	related?: RelatedJudgement[];
}

/** What a rule is, without what it does. */
export type RuleFacts = Pick<Rule, 'id' | 'family' | 'summary' | 'docs'>;

/** One hazard. Rules do no I/O, do not know each other and judge running nodes only. */
export interface Rule {
	/** Kebab-case; names the rule's file, its test and its page. */
	id: string;
	family: Family;
	/** One line, for lists. */
	summary: string;
	/** Where it is explained; default: `docs/rules/<id>.md` of the package. */
	docs?: string;
	/** The plugin that it comes from; absent for our own. */
	from?: string;
	check(context: RuleContext): Iterable<Judgement>;
}
