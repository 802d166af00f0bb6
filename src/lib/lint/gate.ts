import type { FlowNode } from '../flows/node.ts';
import { locateNodes } from '../flows/places.ts';
import { applyBaseline, type Baseline } from './baseline.ts';
import type { LintOptions } from './engine.ts';
import type { Confidence } from './finding.ts';
import { type Judged, judge } from './judge.ts';
import { confidenceReaches, type Failure, findFailures, type Thresholds } from './outcome.ts';
import type { Palette } from './palette.ts';
import { type GateReport, type PlacedFinding, placeFindings } from './placed.ts';
import { countFindings } from './report.ts';
import type { Settings } from './settings.ts';
import { keepNews } from './since.ts';

/** Some flows to judge. */
export interface GateInput {
	/** How messages name them: a path, `standard input`, an address. */
	origin: string;
	/** As reports name the file, with `/`; null where the flows come from none. */
	file: string | null;
	/** The same as patterns of the settings see it: from the configuration's folder. */
	settingsPath: string | null;
	/** What the flows were read from; null where there is no text. */
	text: string | null;
	flows: FlowNode[];
	/** The modules that stand beside the flows; null where nothing tells them. */
	palette: Palette | null;
	/** As they were at the point that `--since` names, empty where there were none; null: all findings are wanted. */
	earlier: FlowNode[] | null;
}

export interface JudgedInput extends GateInput, Judged {
	/** All that is not suppressed. */
	findings: PlacedFinding[];
}

export interface GateOptions extends LintOptions {
	settings: Settings;
}

/** Judges each input. Pure. @throws as `lint` */
export function judgeInputs(inputs: readonly GateInput[], options: GateOptions): JudgedInput[] {
	return inputs.map((input) => {
		const judged = judge(input.flows, { ...options, ...paletteOf(input), file: input.settingsPath });
		const places = () => locateNodes(input.text ?? '');
		return { ...input, ...judged, findings: placeFindings(judged.report.findings, { ...input, places }) };
	});
}

function paletteOf({ palette }: GateInput): { palette?: Palette } {
	return palette === null ? {} : { palette };
}

/** What is shown, and what passes. */
export interface Gate extends Thresholds {
	minConfidence: Confidence;
	/** With how it names files, and which files it can be asked about. */
	baseline: { content: Baseline; nameFile(file: string | null): string | null; judged(file: string | null): boolean } | null;
}

export interface GateResult {
	report: GateReport;
	/** The report's, with what to do. */
	failures: Failure[];
}

/** Leaves out what the baseline covers, what is not new, and what is too unsure, in this order, and counts each. Pure. */
export function buildGateReport(inputs: readonly JudgedInput[], options: GateOptions, gate: Gate): GateResult {
	const all = inputs.flatMap(({ findings }) => findings);
	const { baseline } = gate;
	const { fresh, covered, stale } = baseline
		? applyBaseline(baseline.content, all, baseline.nameFile, baseline.judged)
		: { fresh: all, covered: [], stale: [] };
	const news = keepOfInputs(inputs, fresh, options);
	const findings = news.filter(({ confidence }) => confidenceReaches(confidence, gate.minConfidence));
	const sum = (key: 'nodes' | 'flows') => inputs.reduce((total, { report }) => total + report.summary[key], 0);
	const report = {
		version: 1 as const,
		mode: options.mode,
		findings,
		verdicts: inputs.flatMap(({ file, report: { verdicts = [] } }) => verdicts.map((verdict) => ({ ...verdict, file }))),
		summary: { nodes: sum('nodes'), flows: sum('flows'), ...countFindings(findings) },
		files: inputs.flatMap(({ file }) => (file === null ? [] : [file])),
		omitted: {
			suppressed: inputs.reduce((total, { suppressed }) => total + suppressed.length, 0),
			baseline: covered.length,
			unchanged: fresh.length - news.length,
			confidence: news.length - findings.length,
		},
		stale,
	};
	const failures = findFailures(report, gate);
	return { report: { ...report, failures: failures.map(({ reason }) => reason) }, failures };
}

function keepOfInputs(inputs: readonly JudgedInput[], fresh: readonly PlacedFinding[], options: GateOptions): PlacedFinding[] {
	if (inputs.every(({ earlier }) => earlier === null)) return [...fresh];
	const isFresh = new Set(fresh);
	return inputs.flatMap((input) => {
		const { flows, findings, earlier, settingsPath } = input;
		const own = findings.filter((finding) => isFresh.has(finding));
		if (earlier === null) return own;
		const before = judge(earlier, { ...options, ...paletteOf(input), file: settingsPath }).report.findings;
		return keepNews({ flows, findings: own }, { flows: earlier, findings: before });
	});
}
