import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { takeAway, takeDown } from '../lib/cutover/bring-up.ts';
import { overrideFlag } from '../promotion-flags.ts';

/** The contract of `down --json`. */
interface Result {
	outcome: 'down' | 'removed';
	environment: string;
	/** Messages and requests that were still inside at the drain's deadline. */
	left: number;
	/** What did not answer, and was ended undrained; with --remove also what was left in place, since it is of somebody else's. */
	warnings: string[];
}

export default class Down extends EnvironmentCommand<typeof Down> {
	static override summary = 'Stop an environment';
	static override description =
		`Holds requests, closes the sources, drains what is inside, then ends the router and all instances. Releases and snapshots stay: \`up\` starts the environment again. With --remove all that the environment has goes, too: on Docker its containers, network and volume, and images of its releases that nothing else uses; of processes, its directory. Its history, audit and context are lost. Snapshots stay in the store.`;

	static override examples = [
		{ description: 'Without a question', command: '<%= config.bin %> down staging --yes' },
		{ description: 'For good', command: '<%= config.bin %> down staging --remove' },
	];

	static override args = environmentArgs;
	static override flags = {
		remove: Flags.boolean({ description: 'Remove all that it has, with its history, audit and context' }),
		override: overrideFlag(),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<Result> {
		return await this.withEnvironment(async (session) => {
			const environment = session.environment.name;
			const act = await this.permitted(session, await this.actOf(session, 'down'));
			const { remove } = this.flags;
			await this.confirmed(
				remove
					? `Stop and remove ${environment}? Nothing serves then, and its releases, history, audit and context are lost.`
					: `Stop ${environment}? Nothing serves then.`,
			);
			const { left, warnings } = await this.changing(session, act, remove ? takeAway : takeDown);
			this.log(
				`${environment} is ${remove ? 'removed' : 'down'}${left > 0 ? `; ${left} message(s) or request(s) were still inside and are lost` : ''}`,
			);
			for (const warning of warnings) this.log(`warning ${warning}`);
			return { outcome: remove ? 'removed' : 'down', environment, left, warnings };
		});
	}
}
