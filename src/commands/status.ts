import { Flags } from '@oclif/core';
import type { EnvironmentSession } from '../environment-command.ts';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { parseDuration } from '../lib/config/duration.ts';
import type { EnvironmentStatus } from '../lib/cutover/environment-status.ts';
import { inspectEnvironment } from '../lib/cutover/environment-status.ts';
import type { Look } from '../lib/cutover/watch-status.ts';
import { Wake, watch } from '../lib/cutover/watch-status.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { createLiveView } from '../lib/ui/live-view.ts';
import { renderLook, renderStatus } from '../lib/ui/render-status.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** Where it is told of changes it looks seldom: for what instances alone know, such as that flows were stopped in an editor. */
const LOOK_EVERY = { alone: '1s', told: '10s' };

export default class Status extends EnvironmentCommand<typeof Status> {
	static override summary = 'Show what runs in an environment';
	static override description =
		`Asks the instances, the router and the lease store: what is, not what should be. Nothing is changed. Exit status 5 where it is degraded: no release or more than one is active, something does not answer, no spare stands by, or a promotion is unfinished. With --watch it goes on until Ctrl-C, and ends with 0 then.`;

	static override examples = [
		{ description: 'For people', command: '<%= config.bin %> status production' },
		{ description: 'For a monitor', command: '<%= config.bin %> status production --json' },
		{ description: 'All the time, for people', command: '<%= config.bin %> status production --watch' },
		{ description: 'All the time, a JSON document in each line', command: '<%= config.bin %> status production --watch --every 5s --json' },
	];

	static override args = environmentArgs;
	static override flags = {
		watch: Flags.boolean({ char: 'w', description: 'Show it again and again, until Ctrl-C' }),
		every: Flags.string({
			description: `With --watch, how often at least: 500ms, 5s, 1m; default: ${LOOK_EVERY.alone}, on Kubernetes, which tells of changes, at each of them and ${LOOK_EVERY.told}`,
			helpValue: 'SPAN',
		}),
	};

	/** Nothing where it was watched: that has been shown. */
	async run(): Promise<EnvironmentStatus | undefined> {
		const everyMs = this.flags.every === undefined ? null : parseDuration(this.flags.every, '--every', 100);
		return await this.withEnvironment(async (session) => {
			if (this.flags.watch) return await this.watch(session, everyMs);
			const status = await inspectEnvironment(session.environment, session.target);
			this.log(renderStatus(status, createTheme(process.stdout)));
			if (status.health.state === 'degraded') this.endWith(ExitStatus.needsOperator);
			return status;
		});
	}

	private async watch({ context, environment, target }: EnvironmentSession, everyMs: number | null): Promise<undefined> {
		const signal = this.untilInterrupted();
		const theme = createTheme(process.stdout);
		const view = createLiveView(process.stdout);
		const print = (look: Look<EnvironmentStatus>) =>
			process.stdout.write(
				`${JSON.stringify('seen' in look ? look.seen : { error: { code: 'STATUS_UNREADABLE', message: look.fault } })}\n`,
			);
		const show = (look: Look<EnvironmentStatus>) => view.show(renderLook(look, environment.name, context.now(), theme));
		const wake = new Wake();
		const following = await target.follow(() => wake.up());
		const pace = { everyMs: everyMs ?? parseDuration(following ? LOOK_EVERY.told : LOOK_EVERY.alone, '--every', 100), signal, wake };
		try {
			await watch(() => inspectEnvironment(environment, target), this.jsonEnabled() ? print : show, pace);
		} finally {
			following?.close();
			view.end();
		}
	}
}
