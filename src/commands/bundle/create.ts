import { readFile } from 'node:fs/promises';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV, findSnapshot } from '../../compared-snapshot.ts';
import { createContext } from '../../context.ts';
import type { BundleSummary } from '../../lib/bundle/bundle.ts';
import { createBundle } from '../../lib/bundle/create.ts';
import { renderBundle } from '../../lib/ui/render-bundle.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** npm's calls take long where the registry is far away. */
const NPM_TIMEOUT_MS = 600_000;

export default class CreateBundle extends BaseCommand<typeof CreateBundle> {
	static override summary = 'Write a snapshot and all that it installs into one file';
	static override description =
		'For a production without a connection: the snapshot with its sealed credentials, every package of its palette and of Node-RED with what they depend on, and checksums over all. There, `flowferry promote --bundle FILE` checks it, and installs from it alone.';

	static override examples = [
		{ description: 'What the dev Node-RED runs now', command: '<%= config.bin %> bundle create --out plant.bundle' },
		{ description: 'What staging runs', command: '<%= config.bin %> bundle create staging --out plant.bundle' },
		{
			description: 'A stored snapshot, where the other side has Node-RED already',
			command: '<%= config.bin %> bundle create 3f9a1c0 --without-node-red --out plant.bundle',
		},
	];

	static override args = {
		snapshot: Args.string({
			description: 'The id of a stored snapshot (7 digits or more), an environment for what it runs, or dev',
			default: DEV,
		}),
	};

	static override flags = {
		out: Flags.string({ char: 'o', description: "The bundle's file; an earlier one is replaced", required: true }),
		plan: Flags.string({ description: 'A plan that `flowferry plan --out` saved, for this very snapshot' }),
		'without-node-red': Flags.boolean({ description: 'Leave Node-RED itself out' }),
	};

	async run(): Promise<BundleSummary & { warnings: string[] }> {
		const context = await createContext(this.flags.config);
		const { snapshot, warnings } = await findSnapshot(context, this.args.snapshot);
		const { out, plan } = this.flags;
		const summary = await createBundle({
			snapshot,
			plan: plan === undefined ? null : await readFile(plan, 'utf8'),
			packages: context.packages,
			vault: context.vault,
			nodeRed: !this.flags['without-node-red'],
			out,
			tool: this.config.version,
			by: await context.author(),
			now: context.now(),
			timeoutMs: NPM_TIMEOUT_MS,
			progress: (message) => this.note(message),
			signal: this.untilInterrupted(),
		});
		this.log(renderBundle(summary, 'Wrote', createTheme(process.stdout)));
		for (const warning of warnings) this.logToStderr(renderWarning(warning, createTheme(process.stderr)));
		return { ...summary, warnings };
	}
}
