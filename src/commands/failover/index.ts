import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../../environment-command.ts';
import type { FailoverResult } from '../../lib/cutover/forced-failover.ts';
import { forceFailover } from '../../lib/cutover/forced-failover.ts';
import { assertHotSpare } from '../../lib/cutover/switchover.ts';
import { renderFailover } from '../../lib/ui/render-failover.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { overrideFlag } from '../../promotion-flags.ts';

export default class Failover extends EnvironmentCommand<typeof Failover> {
	static override summary = 'Take the active role away from an instance that misbehaves';
	static override description =
		`For hot-spare mode: the active instance's Node-RED is killed, with what is inside it, and a spare takes over; then the killed one comes back as a spare. One whose runner does not answer within timeouts.answerMs is killed with its runner, and the spare waits for the end of its lease (lease.ttlMs). Refused where no spare stands by. Where nothing misbehaves, \`switchover\` loses nothing. It works while automatic failover is paused, too.`;

	static override examples = [
		{ description: 'With a question first', command: '<%= config.bin %> failover production' },
		{ description: 'For a script', command: '<%= config.bin %> failover production --yes --json' },
	];

	static override args = environmentArgs;
	static override flags = {
		override: overrideFlag('As one of those who may override'),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<FailoverResult> {
		return await this.withEnvironment(async (session) => {
			assertHotSpare(session.environment);
			const act = await this.permitted(session, await this.actOf(session, 'failover'));
			await this.confirmed(`Fail ${session.environment.name} over to a spare? What is inside the active instance is lost.`);
			const result = await this.changing(session, act, forceFailover);
			this.log(renderFailover(result, createTheme(process.stdout)));
			return result;
		});
	}
}
