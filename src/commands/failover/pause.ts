import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../../environment-command.ts';
import { parseDuration } from '../../lib/config/duration.ts';
import { assertHotSpare } from '../../lib/cutover/switchover.ts';
import type { FailoverPause } from '../../lib/failover/failover-store.ts';
import { renderPause } from '../../lib/ui/render-failover.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { overrideFlag } from '../../promotion-flags.ts';

/** The contract of `failover pause --json`. */
interface Result {
	outcome: 'paused';
	environment: string;
	pause: FailoverPause;
}

export default class PauseFailover extends EnvironmentCommand<typeof PauseFailover> {
	static override summary = 'Have no spare take over by itself, for maintenance';
	static override description =
		`An active instance whose Node-RED ends starts its flows again itself, under the lease that it keeps. Ended by \`failover resume\`, or when its time is over; not by \`up\`. A pause that is there already is replaced.`;

	static override examples = [
		{ description: 'For half an hour', command: '<%= config.bin %> failover pause production --for 30m' },
		{ description: 'Until somebody resumes it', command: '<%= config.bin %> failover pause production' },
	];

	static override args = environmentArgs;
	static override flags = {
		override: overrideFlag('As one of those who may override'),
		for: Flags.string({ description: 'When it ends by itself: 90s, 30m, 2h, 1d; default: never', helpValue: 'SPAN' }),
	};

	async run(): Promise<Result> {
		const span = this.flags.for === undefined ? null : parseDuration(this.flags.for, '--for', 1000);
		return await this.withEnvironment(async (session) => {
			const { context, environment, target } = session;
			assertHotSpare(environment);
			const act = await this.permitted(session, await this.actOf(session, 'failover pause'));
			const now = context.now();
			const until = span === null ? null : new Date(now.getTime() + span).toISOString();
			const pause: FailoverPause = { by: context.operator(), since: now.toISOString(), until, reason: 'asked' };
			await target.failover.pause(pause);
			await target.audit.append({ ...act, event: { kind: 'done' } });
			this.log(renderPause(pause, environment.name, createTheme(process.stdout)).join('\n'));
			return { outcome: 'paused', environment: environment.name, pause };
		});
	}
}
