import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { writeOutput } from '../../lib/gate/files.ts';
import { shortId } from '../../lib/snapshot/snapshot.ts';
import type { SnapshotDocument } from '../../lib/snapshot/snapshot-document.ts';
import { serialiseSnapshot } from '../../lib/snapshot/snapshot-document.ts';

/** The contract of `flowferry snapshot export --json`: with `--out -`, the document itself. */
type ExportResult = { id: string; file: string } | SnapshotDocument;

export default class ExportSnapshot extends BaseCommand<typeof ExportSnapshot> {
	static override summary = 'Write a stored snapshot into one file';
	static override description =
		`For an archive, or another store: \`snapshot import\` takes it in. It holds everything that the store has of it: flows, palette, facts and credentials, which stay sealed.`;

	static override examples = [
		{ description: 'Into a file', command: '<%= config.bin %> snapshot export v1.2 --out v1.2.snapshot.json' },
		{
			description: 'To another machine',
			command: "<%= config.bin %> snapshot export 3f9a1c0 | ssh plant '<%= config.bin %> snapshot import -'",
		},
	];

	static override args = {
		id: Args.string({ description: 'The id, at least its first 7 digits, or a tag', required: true }),
	};

	static override flags = {
		out: Flags.string({ char: 'o', description: 'The file; - is standard output', default: '-' }),
	};

	async run(): Promise<ExportResult> {
		const context = await createContext(this.flags.config);
		const snapshot = await context.snapshots.get(this.args.id);
		const text = serialiseSnapshot(snapshot);
		const { out } = this.flags;
		if (out === '-') {
			this.log(text.trimEnd());
			return JSON.parse(text) as SnapshotDocument;
		}
		await writeOutput(out, text);
		this.note(`Snapshot ${shortId(snapshot.id)} is in ${out}`);
		return { id: snapshot.id, file: out };
	}
}
