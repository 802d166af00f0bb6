import { escapeHtml } from '../../../drawing/escape.ts';
import { families, type LintReport, severities } from '../../finding.ts';
import type { PageLayout } from './page-layout.ts';
import { count, countBySeverity, groupBy, renderTally } from './tally.ts';
import { renderVerdict } from './verdict-cell.ts';

/** The head of the page: what was judged, how much was found, and what that means for each flow. */
export function renderOverview(report: LintReport, page: PageLayout, origin: string, notes: readonly string[]): string {
	const { mode, summary } = report;
	const judged = `${count(summary.nodes, 'node')} in ${count(summary.flows, 'flow')}`;
	const cards = [
		['error', summary.errors, 'errors'],
		['warning', summary.warnings, 'warnings'],
		['info', summary.infos, 'infos'],
	].map(([severity, amount, noun]) => `<li class="card ${amount === 0 ? 'zero' : severity}"><b>${amount}</b> ${noun}</li>`);
	return [
		'<header class="top">',
		`<div><h1>High availability of <bdi>${escapeHtml(origin)}</bdi></h1><p>${judged}, judged for <strong>${escapeHtml(mode)}</strong> by flowferry lint</p>${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('')}</div>`,
		`<ul class="cards" aria-label="Findings by severity">${cards.join('')}</ul>`,
		'</header>',
		'<div class="overview">',
		renderFlows(report, page),
		renderFamilies(report),
		'</div>',
	].join('\n');
}

function renderFlows(report: LintReport, { drawings }: PageLayout): string {
	const verdicts = new Map(report.verdicts?.map((verdict) => [verdict.flowId, verdict]));
	const rows = drawings.map((drawing, number) => {
		const { scene, title, findings } = drawing;
		const verdict = verdicts.size === 0 ? '' : `<td>${renderVerdict(verdicts.get(scene.container?.id ?? ''), drawing)}</td>`;
		const kind = scene.kind === 'subflow' ? ' <small>subflow</small>' : scene.disabled ? ' <small>disabled</small>' : '';
		return `<tr><th scope="row"><a href="#flow-${number}"><bdi>${escapeHtml(title)}</bdi></a>${kind}</th>${verdict}<td>${renderTally(countBySeverity(findings))}</td></tr>`;
	});
	const head = `<tr><th scope="col">Flow</th>${verdicts.size === 0 ? '' : '<th scope="col">A cutover may</th>'}<th scope="col">Findings</th></tr>`;
	return `<section aria-labelledby="by-flow"><h2 id="by-flow">${verdicts.size === 0 ? 'Flows' : 'Verdicts by flow'}</h2><div class="table"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function renderFamilies({ findings }: LintReport): string {
	const byFamily = groupBy(findings, ({ family }) => family);
	const most = Math.max(1, ...Array.from(byFamily.values(), (found) => found.length));
	const rows = families
		.filter((family) => byFamily.has(family))
		.map((family) => {
			const tally = countBySeverity(byFamily.get(family) ?? []);
			let from = 0;
			const bars = severities.map((severity) => {
				const width = (100 * tally[severity]) / most;
				const bar = `<rect class="bar ${severity}" x="${from}%" width="${width}%" height="10"/>`;
				from += width;
				return bar;
			});
			return `<tr><th scope="row">${escapeHtml(family.replaceAll('-', ' '))}</th><td class="chart"><svg width="100%" height="10" aria-hidden="true">${bars.join('')}</svg></td><td>${renderTally(tally)}</td></tr>`;
		});
	if (rows.length === 0) return '';
	return `<section aria-labelledby="by-family"><h2 id="by-family">Findings by family</h2><div class="table"><table><tbody>${rows.join('')}</tbody></table></div></section>`;
}
