import type { ModuleCall } from '../../flows/module-calls.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const functionLocalAccess: Rule = {
	id: 'function-local-access',
	family: 'local',
	summary: 'Function code that uses files or programs of the machine',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.ofType('function')) {
			const reached = context.reached().has(node.id);
			const calls = context
				.code(node)
				.moduleCalls.filter(({ reach, script }) => reach !== 'server' && (reached || script === 'initialize'));
			if (calls.length === 0) continue;
			const changes = calls.some((call) => call.changes);
			yield {
				node,
				severity: balanced ? (changes ? 'error' : 'warning') : changes ? 'warning' : 'info',
				confidence: 'medium',
				message: `Its code calls ${describe(calls)}. ${
					balanced
						? changes
							? "On one machine the instances get in each other's way; on several each has files and programs of its own."
							: 'An instance on another machine or in another container finds another file there, or none.'
						: 'An instance that takes over on another machine or in another container finds other files there, or none.'
				}`,
				remediation: changes
					? 'Write to a database or an object store that all instances share; where it must be a file, mount one volume for all and let one instance write.'
					: 'Ship the file with every instance, or read it from a place that all share.',
				related: context.sourceOf(node),
			};
		}
	},
};

function describe(calls: readonly ModuleCall[]): string {
	return listNames(calls.map(({ name, line }) => `${name} (line ${line})`));
}
