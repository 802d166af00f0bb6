import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { readTextInput } from '../../lib/adapters/text-input.ts';
import { parseSnapshot } from '../../lib/snapshot/snapshot-document.ts';
import type { SnapshotSummary } from '../../lib/snapshot/summary.ts';
import { summarise } from '../../lib/snapshot/summary.ts';
import { renderCapture } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { tellUnshared, type Unshared } from '../../tell-unshared.ts';

/** The contract of `flowferry snapshot import --json`; `created`: false where it was stored already. */
type ImportResult = SnapshotSummary & Unshared & { created: boolean };

export default class ImportSnapshot extends BaseCommand<typeof ImportSnapshot> {
	static override summary = 'Store a snapshot that was exported';
	static override description =
		`All of it is checked before it is stored. It keeps its id, author, time and message; one that is stored already stays as it is.`;

	static override examples = [
		'<%= config.bin %> snapshot import v1.2.snapshot.json',
		{ description: 'From standard input', command: '<%= config.bin %> snapshot import - < v1.2.snapshot.json' },
	];

	static override args = {
		file: Args.string({ description: 'What `snapshot export` wrote; - is standard input', required: true }),
	};

	async run(): Promise<ImportResult> {
		const context = await createContext(this.flags.config);
		const { text, origin } = await readTextInput(this.args.file, process.stdin);
		const snapshot = parseSnapshot(text, origin);
		const { created, unshared } = await context.snapshots.put(snapshot);
		const summary = summarise(created ? snapshot : await context.snapshots.get(snapshot.id));
		this.log(renderCapture(summary, created, createTheme(process.stdout)));
		return { ...summary, created, ...tellUnshared(unshared, (line) => this.logToStderr(line)) };
	}
}
