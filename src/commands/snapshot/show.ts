import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { summarise } from '../../lib/snapshot/summary.ts';
import { renderSnapshot } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

export default class ShowSnapshot extends BaseCommand<typeof ShowSnapshot> {
	static override summary = 'Show one stored snapshot';
	static override description = 'With --flows, its flows alone, as a Node-RED flow file; with --json, the whole snapshot.';

	static override examples = [
		{ description: 'By the beginning of its id', command: '<%= config.bin %> snapshot show 3f9a1c0' },
		{ description: 'Judge its flows', command: '<%= config.bin %> snapshot show 3f9a1c0 --flows | <%= config.bin %> lint -' },
	];

	static override args = {
		id: Args.string({ description: 'The id, at least its first 7 digits, or a tag', required: true }),
	};

	static override flags = {
		flows: Flags.boolean({ description: 'Print the flows alone' }),
	};

	async run(): Promise<Snapshot> {
		const context = await createContext(this.flags.config);
		const snapshot = await context.snapshots.get(this.args.id);
		if (this.flags.flows) this.log(JSON.stringify(snapshot.content.flows, null, 2));
		else this.log(renderSnapshot(summarise(snapshot), createTheme(process.stdout)));
		return snapshot;
	}
}
