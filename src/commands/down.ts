import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { takeDown } from '../lib/cutover/bring-up.ts';
import { overrideFlag } from '../promotion-flags.ts';

/** The contract of `down --json`. */
interface Result {
	outcome: 'down';
	environment: string;
	/** Messages and requests that were still inside at the drain's deadline. */
	left: number;
	/** What did not answer, and was ended undrained. */
	warnings: string[];
}

export default class Down extends EnvironmentCommand<typeof Down> {
	static override summary = 'Stop an environment';
	static override description =
		`Holds requests, closes the sources, drains what is inside, then ends the router and all instances. Releases and snapshots stay: \`up\` starts the environment again.`;

	static override examples = [{ description: 'Without a question', command: '<%= config.bin %> down staging --yes' }];

	static override args = environmentArgs;
	static override flags = { override: overrideFlag(), yes: Flags.boolean({ char: 'y', description: 'Do not ask' }) };

	async run(): Promise<Result> {
		return await this.withEnvironment(async (session) => {
			const environment = session.environment.name;
			const act = await this.permitted(session, await this.actOf(session, 'down'));
			await this.confirmed(`Stop ${environment}? Nothing serves then.`);
			const { left, warnings } = await this.changing(session, act, takeDown);
			this.log(`${environment} is down${left > 0 ? `; ${left} message(s) or request(s) were still inside and are lost` : ''}`);
			for (const warning of warnings) this.log(`warning ${warning}`);
			return { outcome: 'down', environment, left, warnings };
		});
	}
}
