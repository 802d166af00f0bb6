import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import type { SealState } from '../../lib/bundle/bundle.ts';
import { takeInBundle } from '../../lib/bundle/take-in.ts';
import { shortId } from '../../lib/snapshot/snapshot.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';
import { allowUnsealedFlag } from '../../promotion-flags.ts';

/** The contract of `bundle import --json`. */
interface Result {
	/** Its id. */
	snapshot: string;
	/** Whether the store had no such snapshot before. */
	created: boolean;
	/** The flowferry that wrote the bundle. */
	tool: string;
	seal: SealState;
}

export default class ImportBundle extends BaseCommand<typeof ImportBundle> {
	static override summary = 'Take in what a bundle holds, to promote it later';
	static override description =
		"Checks it as `bundle verify` does, then puts its snapshot into the store and its packages where installations look first (the configuration's `packages`). `flowferry promote --bundle` does the same and promotes at once.";

	static override examples = [
		{ description: 'Today', command: '<%= config.bin %> bundle import plant.bundle' },
		{ description: 'And tonight', command: '<%= config.bin %> promote production --snapshot 3f9a1c0' },
	];

	static override flags = { 'allow-unsealed': allowUnsealedFlag() };

	static override args = { file: Args.string({ description: 'The bundle', required: true }) };

	async run(): Promise<Result> {
		const context = await createContext(this.flags.config);
		const policy = { vault: context.vault, allowUnsealed: this.flags['allow-unsealed'] };
		const { manifest, seal, created, unshared } = await takeInBundle(this.args.file, policy, context);
		const { snapshot, tool } = manifest;
		const id = createTheme(process.stdout).strong(shortId(snapshot));
		this.log(`${created ? 'Took in' : 'The store has'} snapshot ${id}${created ? '' : ' already'}; its packages are at hand`);
		if (unshared !== null) this.logToStderr(renderWarning(unshared, createTheme(process.stderr)));
		return { snapshot, created, tool, seal };
	}
}
