import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import type { EnvironmentStatus } from '../lib/cutover/environment-status.ts';
import { inspectEnvironment } from '../lib/cutover/environment-status.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { renderStatus } from '../lib/ui/render-status.ts';
import { createTheme } from '../lib/ui/theme.ts';

export default class Status extends EnvironmentCommand<typeof Status> {
	static override summary = 'Show what runs in an environment';
	static override description =
		`Asks the instances, the router and the lease store: what is, not what should be. Nothing is changed. Exit status 5 where it is degraded: no release or more than one is active, something does not answer, or a promotion is unfinished.`;

	static override examples = [
		{ description: 'For people', command: '<%= config.bin %> status production' },
		{ description: 'For a monitor', command: '<%= config.bin %> status production --json' },
	];

	static override args = environmentArgs;

	async run(): Promise<EnvironmentStatus> {
		return await this.withEnvironment(async ({ environment, target }) => {
			const status = await inspectEnvironment(environment, target);
			this.log(renderStatus(status, createTheme(process.stdout)));
			if (status.health.state === 'degraded') this.endWith(ExitStatus.needsOperator);
			return status;
		});
	}
}
