import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { askEnvironments } from '../../held-snapshots.ts';
import type { SnapshotSummary } from '../../lib/snapshot/summary.ts';
import { summarise } from '../../lib/snapshot/summary.ts';
import { renderProblem, renderSnapshotList } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** The contract of `flowferry snapshot list --json`. */
interface SnapshotList {
	/** The newest first, as many as were asked for. */
	snapshots: ListedSnapshot[];
	/** Those whose files no longer give their id. */
	corrupt: { id: string; message: string; hint: string }[];
	/** That the store has. */
	total: number;
}

type ListedSnapshot = SnapshotSummary & {
	tags: string[];
	/** That run it, as far as they can be asked here. */
	environments: string[];
};

export default class ListSnapshots extends BaseCommand<typeof ListSnapshots> {
	static override summary = 'List the stored snapshots, the newest first';
	static override description =
		`With their tags, and the environments that run them. Each one shown is read and checked against its id. A damaged one is named on stderr with what restores it, and gives exit status 2; \`snapshot verify\` checks them all.`;

	static override examples = ['<%= config.bin %> snapshot list', '<%= config.bin %> snapshot list --all --json'];

	static override flags = {
		limit: Flags.integer({ char: 'n', description: 'So many at most', default: 20, min: 1, exclusive: ['all'] }),
		all: Flags.boolean({ description: 'All of them' }),
	};

	async run(): Promise<SnapshotList> {
		const context = await createContext(this.flags.config);
		const { snapshots: store } = context;
		const stored = await store.list(this.flags.all ? undefined : this.flags.limit);
		const [tags, asked, total] = [await store.tags(), await askEnvironments(context), await store.count()];
		const intact = stored.filter((entry) => entry.state === 'intact');
		const corrupt = stored.filter((entry) => entry.state === 'corrupt');
		const snapshots = intact.map(({ id, snapshot }) => ({
			...summarise(snapshot),
			tags: [...tags].flatMap(([name, tagged]) => (tagged === id ? [name] : [])),
			environments: asked.flatMap((answer) =>
				'holds' in answer && answer.holds.some((hold) => hold.snapshot === id && hold.reason === 'serves') ? [answer.environment] : [],
			),
		}));
		this.log(renderSnapshotList(snapshots, createTheme(process.stdout)));
		if (total > stored.length) this.note(`${stored.length} of ${total}; --all lists them all`);
		for (const { problem } of corrupt) this.logToStderr(renderProblem(problem, createTheme(process.stderr)));
		if (corrupt[0] !== undefined) this.endWith(corrupt[0].problem.exitStatus);
		return { snapshots, corrupt: corrupt.map(({ id, problem }) => ({ id, message: problem.message, hint: problem.hint ?? '' })), total };
	}
}
