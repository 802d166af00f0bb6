import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { bringUp } from '../lib/cutover/bring-up.ts';
import type { EnvironmentStatus } from '../lib/cutover/environment-status.ts';
import { inspectEnvironment } from '../lib/cutover/environment-status.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { toldInFull } from '../lib/errors/told-in-full.ts';
import { renderStatus } from '../lib/ui/render-status.ts';
import { createTheme } from '../lib/ui/theme.ts';

export default class Up extends EnvironmentCommand<typeof Up> {
	static override summary = 'Start an environment, or what of it has ended';
	static override description =
		`Starts the release that served last, its router, and the release kept warm: after a reboot, after \`down\`, after
whatever else ended their processes. What runs is left alone. An interrupted promotion is ended first.

Where an instance does not come up and another one of its release does, that one serves; a warning says why, and the
exit status is 5.`;

	static override examples = [{ description: 'After a reboot', command: '<%= config.bin %> up production' }];

	static override args = environmentArgs;

	async run(): Promise<EnvironmentStatus> {
		return await this.withEnvironment(async (session) => {
			const missing = await this.changing(session, await this.actOf(session, 'up'), bringUp);
			for (const error of missing) this.note(session.context.redact(`warning ${toldInFull(error)}`));
			const status = await inspectEnvironment(session.environment, session.target);
			this.log(renderStatus(status, createTheme(process.stdout)));
			if (missing.length > 0 || status.health.state === 'degraded') this.endWith(ExitStatus.needsOperator);
			return status;
		});
	}
}
