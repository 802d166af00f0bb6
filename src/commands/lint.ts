import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { readTextInput } from '../lib/adapters/text-input.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { modes } from '../lib/flows/mode.ts';
import { parseFlows } from '../lib/flows/parse.ts';
import { lint } from '../lib/lint/engine.ts';
import { type LintReport, severities } from '../lib/lint/finding.ts';
import { severityReaches } from '../lib/lint/report.ts';
import { renderLint } from '../lib/ui/render-lint.ts';
import { createTheme } from '../lib/ui/theme.ts';

export default class Lint extends BaseCommand<typeof Lint> {
	static override summary = 'Judge flows for high availability';
	static override description =
		`Finds what would be lost, doubled or refused when a spare takes over (hot-spare) or when several instances share the work (load-balanced). Nothing is contacted and nothing is changed. Exit status 1 means findings at or above --fail-on; docs/rules has a page for each rule.`;

	static override examples = [
		{ description: 'Judge a flow file for hot-spare, the default', command: '<%= config.bin %> lint flows.json' },
		{ description: 'Read from standard input', command: 'cat flows.json | <%= config.bin %> lint - --mode load-balanced' },
		{ description: 'A gate in CI that stops at warnings', command: '<%= config.bin %> lint flows.json --format json --fail-on warning' },
	];

	static override args = {
		file: Args.string({ description: 'A Node-RED flow file, or - for standard input' }),
	};

	static override flags = {
		mode: Flags.option({
			options: modes,
			description: 'How production will run the flows; hot-spare unless said otherwise',
			default: 'hot-spare' as const,
		})(),
		format: Flags.option({
			options: ['readable', 'json'] as const,
			description: 'For people or for programs',
			default: 'readable' as const,
		})(),
		'fail-on': Flags.option({
			options: [...severities, 'never'] as const,
			description: 'The severity from which findings give exit status 1',
			default: 'error' as const,
		})(),
	};

	async run(): Promise<LintReport> {
		const { mode, format, 'fail-on': failOn } = this.flags;
		const { text, origin } = await readTextInput(this.fileToRead(), process.stdin);
		const report = lint(parseFlows(text, origin), { mode });
		if (format === 'json' && !this.jsonEnabled()) this.logJson(report);
		if (format === 'readable') this.log(renderLint(report, origin, createTheme(process.stdout)));
		if (severityReaches(report, failOn)) this.endWith(ExitStatus.findings);
		return report;
	}

	private fileToRead(): string {
		if (this.args.file !== undefined) return this.args.file;
		throw new FlowferryError({
			code: 'LINT_NO_INPUT',
			message: 'No flows are named',
			hint: 'Name a flow file, as in: flowferry lint flows.json. A single - reads standard input.',
		});
	}
}
