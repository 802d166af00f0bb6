import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV, findSnapshot } from '../../compared-snapshot.ts';
import { createContext } from '../../context.ts';
import type { BundleSummary } from '../../lib/bundle/bundle.ts';
import { createBundle } from '../../lib/bundle/create.ts';
import { FlowferryError } from '../../lib/errors/flowferry-error.ts';
import { renderSavedPlan } from '../../lib/plan/saved-plan.ts';
import { shortId } from '../../lib/snapshot/snapshot.ts';
import { renderBundle } from '../../lib/ui/render-bundle.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { readPlanFile } from '../../plan-files.ts';

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
			description:
				'The id (7 digits or more) or tag of a stored snapshot, an environment for what it runs, or dev; default: that of the plan, else dev',
		}),
	};

	static override flags = {
		out: Flags.string({ char: 'o', description: "The bundle's file; an earlier one is replaced", required: true }),
		plan: Flags.string({ description: 'A plan that `flowferry plan --out` saved, for this very snapshot' }),
		'without-node-red': Flags.boolean({ description: 'Leave Node-RED itself out' }),
	};

	async run(): Promise<BundleSummary & { warnings: string[] }> {
		const context = await createContext(this.flags.config);
		const { out, plan: file } = this.flags;
		const saved = file === undefined ? null : await readPlanFile(file, undefined);
		const { snapshot, warnings } = await findSnapshot(context, this.args.snapshot ?? saved?.plan.snapshot ?? DEV);
		if (saved && saved.plan.snapshot !== snapshot.id) throw planOfAnother(file ?? '', saved.plan.snapshot, snapshot.id);
		const summary = await createBundle({
			snapshot,
			plan: saved && renderSavedPlan(saved),
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

function planOfAnother(file: string, planned: string, given: string): FlowferryError {
	return new FlowferryError({
		code: 'BUNDLE_PLAN_OTHER',
		message: `The plan ${file} is for snapshot ${shortId(planned)}, and the bundle would hold ${shortId(given)}`,
		hint: 'Leave the snapshot out to have that of the plan, or make a plan for this one.',
	});
}
