import { Flags } from '@oclif/core';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { severities } from './lib/lint/finding.ts';
import { cutoverStrategies } from './lib/lint/verdict.ts';

/** Flags of the commands that plan or change a release. */

/** Which snapshot a command is about. */
export const snapshotFlag = () =>
	Flags.string({
		char: 's',
		description:
			"A stored snapshot's id, 7 digits or more, or a tag; default: what the environment before runs (after), else the dev Node-RED as it is now",
	});

export const fromFlag = () =>
	Flags.string({ description: 'The snapshot that this environment runs', helpValue: 'ENVIRONMENT', exclusive: ['snapshot'] });

/** Checked before anything is planned: for whichever snapshot it was built, that one is meant. */
export const imageFlag = () =>
	Flags.string({
		description:
			'An image that `image build` has made. On Docker: in place of building one; without --snapshot or --from, its snapshot. On Kubernetes: what pods run, in place of kubernetes.image',
		helpValue: 'TAG',
	});

export const allowUnsealedFlag = () =>
	Flags.boolean({ description: 'Take a bundle that anybody may have written, although a passphrase is set to tell' });

export const failOnFlag = () =>
	Flags.option({
		options: [...severities, 'never'] as const,
		description: "The severity from which lint findings stop a promotion; default: the environment's failOn",
	})();

export const strategyFlag = () =>
	Flags.option({
		options: cutoverStrategies,
		description: 'How the old release makes way for the new; default: the strictest that any flow of the two needs',
	})();

/** A saved plan says itself what it is about. */
export const planFlag = (exclusive: string[]) =>
	Flags.string({
		description: 'A saved plan (plan --out): this and nothing else; refused where anything that decided it has changed',
		helpValue: 'FILE',
		exclusive,
	});

/** @param asWho for commands that mind neither windows nor approvals: those who may override may do them, too */
export const overrideFlag = (asWho = 'Whatever windows, approvals and stages say, by those who may') =>
	Flags.string({
		description: `${asWho}; the reason is kept in the audit`,
		helpValue: 'REASON',
		parse: async (reason) => {
			if (reason.trim() !== '') return reason;
			throw new FlowferryError({
				code: 'USAGE',
				message: 'it needs a reason',
				hint: "say why it cannot wait: --override 'line 3 stands still'",
			});
		},
	});

export const exitCodeFlag = () => Flags.boolean({ description: 'Exit status 7 where there is nothing to do' });
