import type { FlowNode } from '../flows/node.ts';

/** Another node that it takes to understand a finding. */
export interface RelatedJudgement {
	node: FlowNode;
	/** What it has to do with it: `the source that reaches it`. */
	why: string;
}
