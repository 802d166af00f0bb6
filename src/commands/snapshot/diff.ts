import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV, findSnapshot, runningIn } from '../../compared-snapshot.ts';
import { createContext, workingFolder } from '../../context.ts';
import { ExitStatus } from '../../lib/errors/exit-status.ts';
import { compareSnapshots } from '../../lib/flows/diff/compare.ts';
import { redactDiff } from '../../lib/flows/diff/redact.ts';
import type { SnapshotDiff } from '../../lib/flows/diff/snapshot-diff.ts';
import { writeOutput } from '../../lib/gate/files.ts';
import type { ComparedSide } from '../../lib/snapshot/compared-side.ts';
import { renderDiffPage } from '../../lib/ui/diff-page/diff-page.ts';
import { renderDiff } from '../../lib/ui/render-diff.ts';
import { renderDiffMarkdown } from '../../lib/ui/render-diff-markdown.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme, plainTheme } from '../../lib/ui/theme.ts';

/** The contract of `flowferry snapshot diff --json`. */
type DiffResult = { from: ComparedSide; to: ComparedSide } & SnapshotDiff;

const names =
	'the id (7 digits or more) or tag of a stored snapshot, an environment for its release, <environment>:running for what it really runs, or dev';

export default class DiffSnapshots extends BaseCommand<typeof DiffSnapshots> {
	static override summary = 'Show what differs between two snapshots';
	static override description =
		`An environment alone is compared with what it really runs: what somebody changed in place. By flow and node: properties, code line by line, wiring, the palette and Node-RED's version. Where nodes stand and how they look is left out, and values that look like secrets are never shown. Nothing is stored or changed. Exit status 0 whether or not something differs; with --exit-code 1 where it does.`;

	static override examples = [
		{ description: 'Has somebody changed production in place?', command: '<%= config.bin %> diff production --exit-code' },
		{ description: 'What would production get of the dev Node-RED as it is now?', command: '<%= config.bin %> diff production dev' },
		{ description: 'Two stored snapshots', command: '<%= config.bin %> diff 3f9a1c0 8b2d4e6' },
		{ description: 'For a comment on a pull request', command: '<%= config.bin %> diff production dev --format markdown' },
		{
			description: 'A page with both versions of each flow drawn',
			command: '<%= config.bin %> diff production dev --format html --out diff.html',
		},
	];

	static override args = {
		from: Args.string({ description: `What is compared: ${names}`, required: true }),
		to: Args.string({
			description: 'With what: named in the same way; default: what the environment really runs, else the dev Node-RED as it is now',
		}),
	};

	static override flags = {
		format: Flags.option({
			options: ['text', 'json', 'markdown', 'html'] as const,
			description: 'How it is written; html draws each flow that differs before and after',
			default: 'text' as const,
		})(),
		out: Flags.string({ description: 'A file to write it to, instead of stdout', helpValue: 'FILE' }),
		layout: Flags.boolean({ description: 'Show also where nodes stand and how they look in the editor' }),
		'exit-code': Flags.boolean({ description: 'End with 1 where something is shown that differs' }),
	};

	async run(): Promise<DiffResult> {
		const context = await createContext(this.flags.config);
		const from = await findSnapshot(context, this.args.from);
		const to = await findSnapshot(context, this.args.to ?? (from.side.kind === 'environment' ? runningIn(from.side.environment) : DEV));
		const { layout, format, out } = this.flags;
		const diff = redactDiff(compareSnapshots(from.snapshot.content, to.snapshot.content, { layout }), context.redact);
		const result: DiffResult = { from: from.side, to: to.side, ...diff };
		const flows = { before: from.snapshot.content.flows, after: to.snapshot.content.flows };
		const rendered = {
			text: () => renderDiff(diff, from.side, to.side, out === undefined ? createTheme(process.stdout) : plainTheme),
			json: () => JSON.stringify(result, null, 2),
			markdown: () => renderDiffMarkdown(diff, from.side, to.side).trimEnd(),
			html: () => renderDiffPage({ diff, from: from.side, to: to.side, flows, redact: context.redact }).trimEnd(),
		}[format]();
		if (out === undefined) this.log(rendered);
		else {
			await writeOutput(resolve(workingFolder(), out), `${rendered}\n`);
			this.log(`Wrote ${out}`);
		}
		for (const warning of [...from.warnings, ...to.warnings]) this.logToStderr(renderWarning(warning, createTheme(process.stderr)));
		if (this.flags['exit-code'] && diff.kind === 'different') this.endWith(ExitStatus.findings);
		return result;
	}
}
