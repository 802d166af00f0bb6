import { EnvironmentCommand, environmentArgs } from '../../environment-command.ts';
import { FlowferryError } from '../../lib/errors/flowferry-error.ts';
import type { FailoverPause } from '../../lib/failover/failover-store.ts';
import { overrideFlag } from '../../promotion-flags.ts';

/** The contract of `failover resume --json`. */
interface Result {
	/** `nothing-to-do`: it was not paused. */
	outcome: 'resumed' | 'nothing-to-do';
	environment: string;
	/** The one that was ended. */
	pause: FailoverPause | null;
}

export default class ResumeFailover extends EnvironmentCommand<typeof ResumeFailover> {
	static override summary = 'Have spares take over by themselves again';
	static override description =
		'Ends what `failover pause` began, whoever gave it. Where nobody is active by now, a spare takes over at once.';

	static override examples = [{ description: 'After the maintenance', command: '<%= config.bin %> failover resume production' }];

	static override args = environmentArgs;
	static override flags = { override: overrideFlag('As one of those who may override') };

	async run(): Promise<Result> {
		return await this.withEnvironment(async (session) => {
			const { environment, target } = session;
			const { name } = environment;
			if ((await target.failover.intent()).paused?.reason === 'down') throw isDown(name);
			const act = await this.permitted(session, await this.actOf(session, 'failover resume'));
			const pause = await target.failover.resume();
			if (pause) await target.audit.append({ ...act, event: { kind: 'done' } });
			this.log(
				pause ? `automatic failover of ${name} is on again; ${pause.by} had paused it` : `automatic failover of ${name} is on already`,
			);
			return { outcome: pause ? 'resumed' : 'nothing-to-do', environment: name, pause };
		});
	}
}

/** In the middle of it, a spare would take over from the instance that is being ended. */
function isDown(environment: string): FlowferryError {
	return new FlowferryError({
		code: 'ENVIRONMENT_DOWN',
		message: `automatic failover of ${environment} is off because the environment was taken down`,
		hint: `flowferry up ${environment} starts it, and turns automatic failover on again`,
	});
}
