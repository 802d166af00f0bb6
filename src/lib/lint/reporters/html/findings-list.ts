import { escapeHtml, shorten } from '../../../drawing/escape.ts';
import { confidences, type Finding, families, type LintReport, type RelatedNode, severities } from '../../finding.ts';
import type { Drawing, NodeIndex, PageLayout } from './page-layout.ts';
import { linkNode } from './verdict-cell.ts';

/** The list of findings and what narrows it down. Without scripts the list is whole and its links still lead to the nodes. */
export function renderFindings({ findings }: Pick<LintReport, 'findings'>, page: PageLayout): string {
	const items = findings.map((finding) => renderFinding(finding, page));
	return [
		'<aside class="findings" aria-labelledby="findings-head">',
		`<h2 id="findings-head">Findings</h2>`,
		findings.length === 0 ? '<p class="nothing">No finding: nothing in these flows stands in the way.</p>' : renderFilters(findings, page),
		`<ol class="list">${items.join('\n')}</ol>`,
		'<p class="nothing" id="nothing-left" hidden>No finding fits these filters.</p>',
		'</aside>',
	].join('\n');
}

function renderFinding(finding: Finding, page: PageLayout): string {
	const { severity, confidence, family, rule, nodeType, nodeName, nodeId, message, remediation } = finding;
	const { drawing, index } = page.whereabouts.get(finding) ?? {};
	const anchor = index?.anchorOf(nodeId);
	const label = nodeName || index?.labelOf(nodeId) || nodeId;
	const name = [escapeHtml(shorten(nodeType, 80)), label === nodeType ? '' : `<bdi>${escapeHtml(`“${shorten(label, 120)}”`)}</bdi>`]
		.join(' ')
		.trim();
	const where = anchor === undefined ? `<span class="where">${name}</span>` : `<a class="where" href="#${anchor}">${name}</a>`;
	const flow = nameFlow(finding, page.drawings[drawing ?? -1]);
	const related = finding.related ?? [];
	const kin = related.flatMap((other) => index?.anchorOf(other.nodeId) ?? []).join(' ');
	const data = { severity, confidence, family, flow: String(drawing ?? ''), node: anchor ?? '', kin, id: shorten(nodeId, 100) };
	const attributes = Object.entries(data).map(([key, value]) => ` data-${key}="${escapeHtml(value)}"`);
	return [
		`<li class="finding ${severity}"${attributes.join('')}>`,
		`<p class="head"><span class="pill ${severity}">${severity}</span> <code class="rule">${escapeHtml(rule)}</code> <span class="confidence">${confidence} confidence</span></p>`,
		`<p class="place">${where} <span class="flow-name">${flow}</span></p>`,
		`<p class="message">${escapeHtml(message)}</p>`,
		`<p class="remedy">${escapeHtml(remediation)}</p>`,
		...related.map((other) => renderRelated(other, index)),
		'</li>',
	].join('');
}

function renderRelated({ nodeId, nodeName, why }: RelatedNode, index: NodeIndex | undefined): string {
	const label = nodeName || index?.labelOf(nodeId) || nodeId;
	const node = index ? linkNode(index, nodeId, label) : escapeHtml(shorten(label, 120));
	return `<p class="related">${escapeHtml(why)}: ${node}</p>`;
}

function nameFlow({ nodeId, flowId, flowLabel }: Finding, drawing: Drawing | undefined): string {
	if (drawing?.scene.container?.id === nodeId) return '';
	const name = escapeHtml(shorten(drawing?.title ?? (flowLabel || flowId || ''), 160));
	return drawing?.scene.container || !drawing ? `in <bdi>${name}</bdi>` : `<bdi>${name}</bdi>`;
}

function renderFilters(findings: readonly Finding[], { drawings }: PageLayout): string {
	const flows = drawings.flatMap((drawing, number) =>
		drawing.findings.length > 0 ? [[String(number), shorten(drawing.title, 60)] as const] : [],
	);
	const inUse = families.filter((family) => findings.some((finding) => finding.family === family));
	return [
		'<form class="filters" role="search" aria-label="Filter findings">',
		'<input type="search" name="text" placeholder="Search findings" aria-label="Search in findings" autocomplete="off">',
		renderSelect(
			'family',
			'Family',
			'All families',
			inUse.map((family) => [family, family.replaceAll('-', ' ')] as const),
		),
		renderSelect('flow', 'Flow', 'All flows', flows),
		renderChecks('severity', 'Severity', severities),
		renderChecks('confidence', 'Confidence', confidences),
		`<p class="count"><output role="status">${findings.length} of ${findings.length} shown</output> <button type="button" class="only" hidden></button> <button type="reset">Clear</button></p>`,
		'</form>',
	].join('\n');
}

function renderSelect(name: string, label: string, all: string, options: readonly (readonly [string, string])[]): string {
	const rest = options.map(([value, text]) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`);
	return `<select name="${name}" aria-label="${label}"><option value="">${all}</option>${rest.join('')}</select>`;
}

function renderChecks(name: string, label: string, values: readonly string[]): string {
	const boxes = values.map((value) => `<label><input type="checkbox" name="${name}" value="${value}" checked>${value}</label>`);
	return `<fieldset><legend>${label}</legend>${boxes.join('')}</fieldset>`;
}
