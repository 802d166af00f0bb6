import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { createContext, programEnvironment, workingFolder } from '../context.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { modes } from '../lib/flows/mode.ts';
import { writeOutput } from '../lib/gate/files.ts';
import type { PlacedChange } from '../lib/gate/fix.ts';
import { formats, parseWantedReport, renderReport } from '../lib/gate/reports.ts';
import { type GateRequest, type GateRun, runGate } from '../lib/gate/run.ts';
import { chooseTarget, loadGateSettings } from '../lib/gate/settings.ts';
import { startTiming } from '../lib/gate/timing.ts';
import { describeStale } from '../lib/lint/baseline.ts';
import { confidences, severities } from '../lib/lint/finding.ts';
import type { GateReport } from '../lib/lint/placed.ts';
import { ruleList } from '../lib/lint/rule-list.ts';
import { printable } from '../lib/ui/printable.ts';
import { renderFixes } from '../lib/ui/render-fixes.ts';
import { renderTiming } from '../lib/ui/render-lint.ts';
import { createTheme } from '../lib/ui/theme.ts';

export default class Lint extends BaseCommand<typeof Lint> {
	static override summary = 'Judge flows for high availability';
	static override description =
		`Finds what would be lost, doubled or refused when a spare takes over (hot-spare) or when several instances share the work (load-balanced). Nothing is changed, and nothing is contacted but the dev Node-RED where no FILE is named. Exit status 1 means that findings, warnings or the baseline do not pass, in every format; \`<%= config.bin %> rules\` explains each rule.`;

	static override examples = [
		{ description: 'Judge the dev Node-RED of the configuration', command: '<%= config.bin %> lint' },
		{ description: 'Judge a flow file for load balancing', command: '<%= config.bin %> lint flows.json --mode load-balanced' },
		{ description: 'Read from standard input', command: 'cat flows.json | <%= config.bin %> lint -' },
		{ description: 'A gate in CI', command: '<%= config.bin %> lint flows.json --report sarif=lint.sarif --max-warnings 0' },
		{ description: 'Only what is news since a branch', command: '<%= config.bin %> lint flows.json --since origin/main' },
	];

	static override args = {
		file: Args.string({
			description: 'Flow files, folders that have one (userDir, project), patterns, - for standard input; default: the dev Node-RED',
			multiple: true,
			ignoreStdin: true,
		}),
	};

	static override flags = {
		mode: Flags.option({ options: modes, description: "How production will run the flows; default: the environment's, else hot-spare" })(),
		environment: Flags.string({ description: 'Judge for the mode of this environment of the configuration', exclusive: ['mode'] }),
		snapshot: Flags.string({ char: 's', description: 'Judge a stored snapshot: its id, 7 digits or more' }),
		format: Flags.option({ options: formats, description: 'What goes to stdout', default: 'stylish' as const })(),
		report: Flags.string({
			description: 'Write a report to a file as well, FORMAT=FILE; may be repeated',
			multiple: true,
			multipleNonGreedy: true,
		}),
		'fail-on': Flags.option({
			options: [...severities, 'never'] as const,
			description: "The severity from which findings give exit status 1; default: the configuration's, else error",
		})(),
		'max-warnings': Flags.integer({ description: 'More warnings than this give exit status 1', min: 0 }),
		'min-confidence': Flags.option({ options: confidences, description: 'Leave out findings of less confidence' })(),
		since: Flags.string({ description: 'Only what is news since a snapshot or a git commit, branch or tag' }),
		baseline: Flags.string({ description: 'A file of findings that are accepted for now; entries that cover nothing any more are errors' }),
		'update-baseline': Flags.boolean({ description: 'Write the baseline anew, of what is found now', dependsOn: ['baseline'] }),
		'prune-baseline': Flags.boolean({
			description: 'Take out of the baseline what covers nothing any more',
			dependsOn: ['baseline'],
			exclusive: ['update-baseline'],
		}),
		fix: Flags.boolean({ description: 'Show what can be changed mechanically: settings of MQTT nodes' }),
		write: Flags.boolean({ description: 'Make these changes in the flow files', dependsOn: ['fix'] }),
		'share-group': Flags.string({
			description: 'The group of shared subscriptions that --fix makes; default: flowferry',
			dependsOn: ['fix'],
		}),
		timing: Flags.boolean({ description: 'Say on stderr how long each rule took' }),
	};

	async run(): Promise<GateReport & { changes?: PlacedChange[] }> {
		const { flags } = this;
		const reports = (flags.report ?? []).map(parseWantedReport);
		const [folder, env] = [workingFolder(), programEnvironment()];
		const gateSettings = await loadGateSettings(flags.config, flags.config === BaseCommand.baseFlags.config.default, { folder, env });
		const { settings, settingsFolder } = gateSettings;
		const timing = startTiming();
		const request: GateRequest = {
			names: this.namesToRead(),
			snapshot: flags.snapshot,
			since: flags.since,
			baseline: flags.baseline === undefined ? undefined : { path: flags.baseline, action: this.baselineAction() },
			minConfidence: flags['min-confidence'] ?? settings.minConfidence,
			failOn: flags['fail-on'] ?? settings.failOn,
			maxWarnings: flags['max-warnings'] ?? settings.maxWarnings,
			...chooseTarget(gateSettings, flags),
			...{ folder, settingsFolder, env, stdin: process.stdin, measure: timing.measure },
			openDev: async () => (await createContext(flags.config)).dev,
			openSnapshots: async () => (await createContext(flags.config)).snapshots,
		};
		const { run, changes } = await this.judgeAndFix(request);
		const subject = { report: run.report, inputs: run.inputs, rules: [...ruleList, ...settings.rules], version: this.config.version };
		const texts = await Promise.all(reports.map(async ({ format, path }) => ({ path, text: await renderReport(format, subject) })));
		for (const { path, text } of texts) await writeOutput(path, text);
		const text = this.jsonEnabled() ? '' : await renderReport(flags.format, subject, createTheme(process.stdout));
		if (text !== '') this.log(text.slice(0, -1));
		if (flags.timing) this.say(renderTiming(timing.results(), createTheme(process.stderr)));
		if (flags.fix && !this.jsonEnabled()) this.show(renderFixes(changes, flags.write, createTheme(process.stdout)));
		this.conclude(run);
		return flags.fix ? { ...run.report, changes } : run.report;
	}

	/** With --write the report is of the flows as they are then. */
	private async judgeAndFix(request: GateRequest): Promise<{ run: GateRun; changes: PlacedChange[] }> {
		const run = await runGate(request);
		if (!this.flags.fix) return { run, changes: [] };
		const { planFixes, writeFixes } = await import('../lib/gate/fix.ts');
		const changes = planFixes(run, { mode: request.mode, group: this.flags['share-group'] });
		if (!this.flags.write || changes.length === 0) return { run, changes };
		if (request.names.length === 0) throw fixNeedsFile();
		await writeFixes(run, changes, request.folder);
		return { run: await runGate(request), changes };
	}

	private namesToRead(): string[] {
		const names = this.args.file ?? [];
		if (names.length === 0 || this.flags.snapshot === undefined) return names;
		throw new FlowferryError({
			code: 'LINT_TWO_INPUTS',
			message: 'Both files and a snapshot are named',
			hint: 'Judge one after the other: --snapshot alone, or the files alone.',
		});
	}

	private baselineAction(): 'check' | 'update' | 'prune' {
		if (this.flags['update-baseline']) return 'update';
		return this.flags['prune-baseline'] ? 'prune' : 'check';
	}

	/** Says on stderr what the report does not, and sets the exit status. */
	private conclude({ report, failures, notes }: GateRun): void {
		const stale = report.stale.map((entry) => describeStale(entry, this.flags.baseline ?? ''));
		for (const note of [...notes, ...stale]) this.say(printable(note));
		for (const { reason, hint } of failures) if (hint !== null) this.say(`${this.config.bin}: ${reason}\n  → ${hint}`);
		if (failures.length > 0) this.endWith(ExitStatus.findings);
	}

	/** With the report where that is for people, else beside it. */
	private show(text: string): void {
		if (this.flags.format === 'stylish' || this.flags.format === 'readable') this.log(`\n${text}`);
		else this.say(text);
	}

	/** Also where stdout is for a program. */
	private say(text: string): void {
		process.stderr.write(`${text}\n`);
	}
}

/** A running Node-RED would not see its file change, and would overwrite it at the next deploy. */
function fixNeedsFile(): FlowferryError {
	return new FlowferryError({
		code: 'FIX_WITHOUT_FILE',
		message: 'No flow file is named, and the flows of the dev Node-RED are its own to write',
		hint: 'Make the changes shown in the editor; or stop Node-RED and name its flow file: flowferry lint flows.json --fix --write.',
	});
}
