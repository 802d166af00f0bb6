import { findKnowledge } from '../catalogue/index.ts';
import type { Rule } from '../rule.ts';

export const localFile: Rule = {
	id: 'local-file',
	family: 'local',
	summary: 'A file or folder of the machine that an instance runs on',
	*check(context) {
		for (const node of context.running) {
			const knowledge = findKnowledge(node.type);
			if (!knowledge?.local || !context.reached().has(node.id)) continue;
			const writes = knowledge.acts === true || knowledge.keeps !== undefined;
			const balanced = context.mode === 'load-balanced';
			const name = typeof node.filename === 'string' && node.filename !== '' && !node.filename.includes('\n') ? ` (${node.filename})` : '';
			yield {
				node,
				severity: balanced ? (writes ? 'error' : 'warning') : writes ? 'warning' : 'info',
				confidence: writes ? 'high' : 'medium',
				message: balanced
					? `It uses ${knowledge.local}${name}. On one machine the instances get in each other's way; on several each has a file of its own, with other content.`
					: `It uses ${knowledge.local}${name}. An instance that takes over on another machine or in another container finds another file or none.`,
				remediation: writes
					? 'Write to a database or an object store that all instances share; where it must be a file, mount one volume for all and let one instance write.'
					: 'Ship the file with every instance, or read it from a place that all share.',
			};
		}
	},
};
