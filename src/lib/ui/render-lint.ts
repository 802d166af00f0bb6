import type { GateReport, PlacedFinding } from '../lint/placed.ts';
import { cutoverStrategies } from '../lint/verdict.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What was judged, as a person calls it: a path, `standard input`, an address. */
type Origins = readonly { origin: string; file: string | null }[];

/** The readable form of a report: findings by file and flow, gravest first, and what it comes to. */
export function renderLint(report: GateReport, inputs: Origins, theme: Theme): string {
	const groups = Map.groupBy(report.findings, ({ file, flowId }) => JSON.stringify([file, flowId]));
	const blocks = [...groups.values()].map((findings) => renderGroup(findings, inputs.length > 1, theme));
	const end = [renderSummary(report, inputs, theme), ...renderOmitted(report, theme)].join('\n');
	return [...blocks, ...renderVerdicts(report, inputs.length > 1, theme), end].join('\n\n');
}

function renderGroup(findings: readonly PlacedFinding[], namesFile: boolean, theme: Theme): string {
	const { file, flowId, flowLabel } = findings[0] as PlacedFinding;
	const title = flowId === null ? 'Config nodes of all flows' : `Flow ${quote(flowLabel || flowId)}`;
	const where = namesFile ? ` of ${printable(file ?? 'standard input')}` : '';
	return [theme.strong(`${title}${where}`), ...findings.map((finding) => renderFinding(finding, theme))].join('\n');
}

function renderFinding(finding: PlacedFinding, theme: Theme): string {
	const { severity, nodeType, nodeName, nodeId, file, line } = finding;
	const node = nodeName === '' ? `${printable(nodeType)} (no name)` : `${printable(nodeType)} ${quote(nodeName)}`;
	const place = file === null || line === null ? '' : `, ${printable(file)}:${line}`;
	return [
		`  ${theme[severity](severity.padEnd(7))}  ${node}  ${theme.dim(printable(nodeId))}`,
		`           ${printable(finding.message)}`,
		`           → ${printable(finding.remediation)}`,
		`           ${theme.dim(`${finding.rule}, confidence ${finding.confidence}${place}`)}`,
	].join('\n');
}

/** What a cutover may do with each flow; for the best that is not allowed, the first reason why. */
function renderVerdicts({ verdicts }: GateReport, namesFile: boolean, theme: Theme): string[] {
	if (verdicts.length === 0) return [];
	const lines = verdicts.map(({ file, flowId, flowLabel, allows, notReady, because }) => {
		const where = namesFile && file !== null ? ` of ${printable(file)}` : '';
		const [cheapest = 'exclusive'] = allows;
		const better = cutoverStrategies.slice(0, cutoverStrategies.indexOf(cheapest));
		const obstacle = because.find(({ strategy }) => (notReady ? strategy === 'any' : better.some((each) => each === strategy)));
		const best = notReady ? theme.error('not ready') : theme.good(cheapest);
		const why = obstacle ? theme.dim(` (${notReady ? '' : `not ${obstacle.strategy}: `}${printable(obstacle.reason)})`) : '';
		return `  ${quote(flowLabel || flowId)}${where}: ${best}${why}`;
	});
	return [[theme.strong('Cutover'), ...lines].join('\n')];
}

function renderSummary({ mode, summary }: GateReport, inputs: Origins, theme: Theme): string {
	const { nodes, flows, errors, warnings, infos } = summary;
	const where = inputs.length === 1 ? printable(inputs[0]?.origin ?? '') : count(inputs.length, 'file');
	const judged = `${count(nodes, 'node')} in ${count(flows, 'flow')} of ${where}, judged for ${mode}`;
	if (errors + warnings + infos === 0) return `${theme.good('no findings')}: ${judged}`;
	const counts = [
		theme[errors > 0 ? 'error' : 'dim'](count(errors, 'error')),
		theme[warnings > 0 ? 'warning' : 'dim'](count(warnings, 'warning')),
		theme[infos > 0 ? 'info' : 'dim'](count(infos, 'info')),
	];
	return `${counts.join(', ')}: ${judged}`;
}

/** One line, or none where everything is shown. */
function renderOmitted({ omitted }: GateReport, theme: Theme): string[] {
	const { suppressed, baseline, unchanged, confidence } = omitted;
	const parts = [
		[suppressed, 'suppressed in the flows'],
		[baseline, 'in the baseline'],
		[unchanged, 'not new'],
		[confidence, 'too unsure'],
	].filter(([amount]) => amount !== 0);
	return parts.length === 0 ? [] : [theme.dim(`left out: ${parts.map(([amount, reason]) => `${amount} ${reason}`).join(', ')}`)];
}

/** How long each rule took: for `--timing`. */
export function renderTiming(results: readonly { what: string; ms: number }[], theme: Theme): string {
	const total = results.reduce((sum, { ms }) => sum + ms, 0);
	const line = (ms: number, what: string) => `${ms.toFixed(1).padStart(9)} ms  ${what}`;
	return [...results.map(({ what, ms }) => line(ms, what)), theme.strong(line(total, 'in all'))].join('\n');
}

function quote(text: string): string {
	return `"${printable(text)}"`;
}
