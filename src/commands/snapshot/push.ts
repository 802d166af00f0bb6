import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { addressWithoutCredentials } from '../../lib/adapters/git-client.ts';

/** The contract of `flowferry snapshot push --json`; `changed`: false where the remote had everything. */
interface PushResult {
	changed: boolean;
	remote: string;
}

export default class PushSnapshots extends BaseCommand<typeof PushSnapshots> {
	static override summary = 'Send snapshots and tags to the remote';
	static override description =
		`To \`store.remote\`. Where that has snapshots which are not here, it is refused: \`snapshot pull\` takes them in first. Nobody is asked for a password; git's own keys and credential helpers are used.`;

	static override examples = ['<%= config.bin %> snapshot push', '<%= config.bin %> snapshot pull && <%= config.bin %> snapshot push'];

	async run(): Promise<PushResult> {
		const context = await createContext(this.flags.config);
		const result = await context.snapshots.push();
		const remote = addressWithoutCredentials(result.remote);
		this.log(result.changed ? `Sent to ${remote}` : `Nothing to send: ${remote} has everything`);
		return { ...result, remote };
	}
}
