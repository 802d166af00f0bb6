import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import type { SnapshotSummary } from '../../lib/snapshot/summary.ts';
import { summarise } from '../../lib/snapshot/summary.ts';
import { renderProblem, renderSnapshotList } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** The contract of `flowferry snapshot list --json`. */
interface SnapshotList {
	/** The newest first. */
	snapshots: SnapshotSummary[];
	/** Those whose files no longer give their id. */
	corrupt: { id: string; message: string; hint: string }[];
}

export default class ListSnapshots extends BaseCommand<typeof ListSnapshots> {
	static override summary = 'List the stored snapshots, the newest first';
	static override description =
		`Each is read and checked against its id. A damaged one is named on stderr with what restores it, and gives exit status 2.`;

	static override examples = ['<%= config.bin %> snapshot list', '<%= config.bin %> snapshot list --json'];

	async run(): Promise<SnapshotList> {
		const context = await createContext(this.flags.config);
		const stored = await context.snapshots.list();
		const intact = stored.filter((entry) => entry.state === 'intact');
		const corrupt = stored.filter((entry) => entry.state === 'corrupt');
		const snapshots = intact.map((entry) => summarise(entry.snapshot));
		this.log(renderSnapshotList(snapshots, createTheme(process.stdout)));
		for (const { problem } of corrupt) this.logToStderr(renderProblem(problem, createTheme(process.stderr)));
		if (corrupt[0] !== undefined) this.endWith(corrupt[0].problem.exitStatus);
		return { snapshots, corrupt: corrupt.map(({ id, problem }) => ({ id, message: problem.message, hint: problem.hint ?? '' })) };
	}
}
