import type { Rule } from '../rule.ts';

export const hardware: Rule = {
	id: 'hardware',
	family: 'singletons',
	summary: 'A device at one machine that one instance at a time can use',
	*check(context) {
		for (const node of context.knownAs(({ binds }) => binds?.to === 'hardware')) {
			const binds = context.knowledge(node)?.binds;
			if (binds?.to !== 'hardware') continue;
			const balanced = context.mode === 'load-balanced';
			yield {
				node,
				severity: balanced ? 'error' : 'warning',
				confidence: 'high',
				message: balanced
					? `It uses ${binds.what}, which one instance can open: the others fail, or disturb it.`
					: `It uses ${binds.what}: only an instance at that machine can take over, and only after the former has let go.`,
				remediation: balanced
					? 'Give the device to one instance of its own, which passes its data on over MQTT.'
					: 'Keep the spare on the same machine, or give the device to a small Node-RED of its own that passes its data on over MQTT.',
			};
		}
	},
};
