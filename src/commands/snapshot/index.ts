import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { captureRunning } from '../../compared-snapshot.ts';
import { createContext } from '../../context.ts';
import type { SnapshotSummary } from '../../lib/snapshot/summary.ts';
import { summarise } from '../../lib/snapshot/summary.ts';
import { renderCapture, renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { tellUnshared, type Unshared } from '../../tell-unshared.ts';

/** The contract of `flowferry snapshot --json`. */
type SnapshotResult = SnapshotSummary & Unshared & { created: boolean; warnings: string[] };

export default class TakeSnapshot extends BaseCommand<typeof TakeSnapshot> {
	static override summary = 'Take a snapshot of the dev Node-RED, or of what an environment runs';
	static override description =
		`Reads its flows, palette, version and credentials, and stores them in the snapshot repository. The dev Node-RED is not changed. With --from, the flows are those that an active instance of the environment has loaded; palette, version and credentials are its release's. A snapshot's id comes from its content: where nothing has changed since, nothing is stored. Credentials are sealed with the passphrase in FLOWFERRY_PASSPHRASE, or in the file that sealing.passphraseFile names; without one they are left out, with a warning.`;

	static override examples = [
		{ description: 'Of the dev Node-RED that flowferry.yaml names', command: '<%= config.bin %> snapshot -m "Alarm at 80 degrees"' },
		{
			description: 'Of what production runs, after an emergency edit in its editor',
			command: '<%= config.bin %> snapshot --from production -m "Emergency: pump off"',
		},
		{ description: 'The id alone, for a script', command: '<%= config.bin %> snapshot --json | jq -r .id' },
	];

	static override flags = {
		message: Flags.string({ char: 'm', description: 'What is new', default: '' }),
		from: Flags.string({
			description: 'An environment: take what it really runs, with what somebody changed in place',
			helpValue: 'ENVIRONMENT',
		}),
	};

	async run(): Promise<SnapshotResult> {
		const context = await createContext(this.flags.config);
		const { from, message } = this.flags;
		const { snapshot, warnings } = from === undefined ? await context.capture(message) : await captureRunning(context, from, message);
		const { created, unshared } = await context.snapshots.put(snapshot);
		// Where it was there already, its first author, time and message stand.
		const summary = summarise(created ? snapshot : await context.snapshots.get(snapshot.id));
		this.log(renderCapture(summary, created, createTheme(process.stdout)));
		for (const warning of warnings) this.logToStderr(renderWarning(warning, createTheme(process.stderr)));
		return { ...summary, created, warnings, ...tellUnshared(unshared, (line) => this.logToStderr(line)) };
	}
}
