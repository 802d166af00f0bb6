import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import { ExitStatus } from '../../lib/errors/exit-status.ts';
import type { Verification } from '../../lib/snapshot/store.ts';
import { renderVerification } from '../../lib/ui/render-store.ts';
import { createTheme } from '../../lib/ui/theme.ts';

export default class VerifySnapshots extends BaseCommand<typeof VerifySnapshots> {
	static override summary = 'Check that the stored snapshots are what was stored';
	static override description =
		`Each is read and checked against its id and checksum, and git's history by \`git fsck\`. Every damaged file is named, with what restores it. Exit status 2 where something is damaged.`;

	static override examples = [
		{ description: 'Everything', command: '<%= config.bin %> snapshot verify' },
		{ description: 'One snapshot', command: '<%= config.bin %> snapshot verify v1.2' },
	];

	static override args = {
		id: Args.string({ description: 'The id of one, at least its first 7 digits, or a tag; default: all, and the history' }),
	};

	async run(): Promise<Verification> {
		const context = await createContext(this.flags.config);
		const { id } = this.args;
		if (id !== undefined) {
			// What is wrong with it comes as an error.
			const snapshot = await context.snapshots.get(id);
			this.log(`${createTheme(process.stdout).good('Whole')}: snapshot ${snapshot.id}`);
			return { checked: 1, damaged: [], repository: [] };
		}
		const draws = process.stderr.isTTY && !this.jsonEnabled();
		const result = await context.snapshots.verify((done, total) => {
			if (draws && (done % 50 === 0 || done === total)) process.stderr.write(`\r${done} of ${total}${done === total ? '\n' : ''}`);
		});
		this.log(renderVerification(result, createTheme(process.stdout)));
		if (result.damaged.length + result.repository.length > 0) this.endWith(ExitStatus.usage);
		return result;
	}
}
