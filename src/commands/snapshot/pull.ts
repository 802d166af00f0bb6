import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { addressWithoutCredentials } from '../../lib/adapters/git-client.ts';
import { count } from '../../lib/ui/printable.ts';

/** The contract of `flowferry snapshot pull --json`: how many snapshots came, and how many the others had pruned. */
interface PullResult {
	added: number;
	removed: number;
	remote: string;
}

export default class PullSnapshots extends BaseCommand<typeof PullSnapshots> {
	static override summary = 'Take in snapshots and tags from the remote';
	static override description =
		`From \`store.remote\`. Snapshots of both sides stay, so there are no conflicts; where both took the same one, the earlier stands. What was pruned there goes here, too, but for what is tagged here.`;

	static override examples = ['<%= config.bin %> snapshot pull'];

	async run(): Promise<PullResult> {
		const context = await createContext(this.flags.config);
		const { added, removed, ...result } = await context.snapshots.pull();
		const remote = addressWithoutCredentials(result.remote);
		const gone = removed === 0 ? '' : `, ${count(removed, 'snapshot')} pruned`;
		this.log(added + removed === 0 ? `Nothing new at ${remote}` : `${count(added, 'new snapshot')} from ${remote}${gone}`);
		return { added, removed, remote };
	}
}
