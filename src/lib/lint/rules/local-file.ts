import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';

export const localFile: Rule = {
	id: 'local-file',
	family: 'local',
	summary: 'A file or folder of the machine that an instance runs on',
	*check(context) {
		for (const node of context.knownAs(({ local }) => local)) {
			const knowledge = context.knowledge(node);
			if (!knowledge?.local || !context.reached().has(node.id)) continue;
			const writes = knowledge.acts === true || knowledge.keeps !== undefined;
			const balanced = context.mode === 'load-balanced';
			const what = `${knowledge.local}${nameOf(node)}`;
			yield {
				node,
				severity: balanced ? (writes ? 'error' : 'warning') : writes ? 'warning' : 'info',
				confidence: writes ? 'high' : 'medium',
				message: balanced
					? `It uses ${what}. ${writes ? "On one machine the instances get in each other's way; on several each has a file of its own, with other content." : 'An instance on another machine or in another container has another file there, or none.'}`
					: `It uses ${what}. An instance that takes over on another machine or in another container finds another file or none.`,
				remediation: writes
					? 'Write to a database or an object store that all instances share; where it must be a file, mount one volume for all and let one instance write.'
					: 'Ship the file with every instance, or read it from a place that all share.',
			};
		}
	},
};

/** A name that the message brings, or the environment, is not in the flows. */
function nameOf(node: FlowNode): string {
	const named = node.filenameType === undefined || node.filenameType === 'str';
	return named && typeof node.filename === 'string' && node.filename !== '' ? ` (${node.filename})` : '';
}
