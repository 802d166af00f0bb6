import type { Rule } from '../rule.ts';

export const execCommand: Rule = {
	id: 'exec-command',
	family: 'local',
	summary: 'A program of the machine that an instance runs on',
	*check(context) {
		const balanced = context.mode === 'load-balanced';
		for (const node of context.ofType('exec', 'daemon')) {
			if (!context.reached().has(node.id) && node.type === 'exec') continue;
			// In spawn mode the program may run on, and sends as long as it does (core/function/90-exec.js).
			const runsOn = node.type === 'daemon' || node.useSpawn === true || node.useSpawn === 'true';
			const command = typeof node.command === 'string' && node.command !== '' ? `"${node.command.split(/\s/)[0]}"` : 'a command';
			yield {
				node,
				severity: balanced ? 'warning' : runsOn ? 'warning' : 'info',
				confidence: 'medium',
				message: `It runs ${command} on the machine of its instance${runsOn ? ', as a program that may go on running' : ''}. ${
					balanced
						? 'Each instance runs it where it happens to be: files, devices and processes that it touches are not shared.'
						: runsOn
							? 'When the instance stops, the program is killed; the next instance starts its own, on its machine.'
							: 'The next instance may be on another machine or in another container, where the program and what it touches may be missing.'
				}`,
				remediation:
					'Call a service over the network instead, or make sure that every instance has the program and that it does no harm on each.',
				related: context.sourceOf(node),
			};
		}
	},
};
