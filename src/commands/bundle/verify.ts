import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext } from '../../context.ts';
import type { BundleSummary } from '../../lib/bundle/bundle.ts';
import { verifyBundle } from '../../lib/bundle/open.ts';
import { renderBundle } from '../../lib/ui/render-bundle.ts';
import { createTheme } from '../../lib/ui/theme.ts';

export default class VerifyBundle extends BaseCommand<typeof VerifyBundle> {
	static override summary = 'Check a bundle, and show what it holds';
	static override description =
		'Every file against its checksum, the snapshot against its id, its seal where the passphrase is set, and that every package is there that an installation will want. Nothing is kept of it. Exit status 2: it is damaged, or no bundle.';

	static override examples = [{ description: 'After it was carried over', command: '<%= config.bin %> bundle verify plant.bundle' }];

	static override args = { file: Args.string({ description: 'The bundle', required: true }) };

	async run(): Promise<BundleSummary> {
		const { vault } = await createContext(this.flags.config);
		// One without a seal is shown as that.
		const summary = await verifyBundle(this.args.file, { vault, allowUnsealed: true });
		this.log(renderBundle(summary, 'Sound:', createTheme(process.stdout)));
		return summary;
	}
}
