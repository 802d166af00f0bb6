import { confidences, type Finding, families, type LintReport, severities } from '../../finding.ts';
import { escapeHtml, shorten } from './escape.ts';
import type { PageIndex } from './page-index.ts';
import type { Scene } from './scene.ts';

/** The list of findings and what narrows it down. Without scripts the list is whole and its links still lead to the nodes. */
export function renderFindings({ findings }: LintReport, scenes: readonly Scene[], index: PageIndex): string {
	const items = findings.map((finding) => renderFinding(finding, index, scenes));
	return [
		'<aside class="findings" aria-labelledby="findings-head">',
		`<h2 id="findings-head">Findings</h2>`,
		findings.length === 0
			? '<p class="nothing">No finding: nothing in these flows stands in the way.</p>'
			: renderFilters(findings, scenes, index),
		`<ol class="list">${items.join('\n')}</ol>`,
		'<p class="nothing" id="nothing-left" hidden>No finding fits these filters.</p>',
		'</aside>',
	].join('\n');
}

function renderFinding(finding: Finding, index: PageIndex, scenes: readonly Scene[]): string {
	const { severity, confidence, family, rule, nodeType, nodeName, nodeId, message, remediation } = finding;
	const anchor = index.anchorOf(nodeId);
	const label = nodeName || index.labelOf(nodeId) || nodeId;
	const name = [escapeHtml(shorten(nodeType, 80)), label === nodeType ? '' : `<bdi>${escapeHtml(`“${shorten(label, 120)}”`)}</bdi>`]
		.join(' ')
		.trim();
	const where = anchor === undefined ? `<span class="where">${name}</span>` : `<a class="where" href="#${anchor}">${name}</a>`;
	const number = index.sceneOf(finding);
	const flow = nameFlow(finding, number === undefined ? undefined : scenes[number]);
	const data = { severity, confidence, family, flow: String(number ?? ''), node: anchor ?? '', id: shorten(nodeId, 100) };
	const attributes = Object.entries(data).map(([key, value]) => ` data-${key}="${escapeHtml(value)}"`);
	return [
		`<li class="finding ${severity}"${attributes.join('')}>`,
		`<p class="head"><span class="pill ${severity}">${severity}</span> <code class="rule">${escapeHtml(rule)}</code> <span class="confidence">${confidence} confidence</span></p>`,
		`<p class="place">${where} <span class="flow-name">${flow}</span></p>`,
		`<p class="message">${escapeHtml(message)}</p>`,
		`<p class="remedy">${escapeHtml(remediation)}</p>`,
		'</li>',
	].join('');
}

function nameFlow({ nodeId, flowId, flowLabel }: Finding, scene: Scene | undefined): string {
	if (scene?.container?.id === nodeId) return '';
	if (scene?.kind === 'config') return 'config node of all flows';
	const name = scene?.title ?? (flowLabel || flowId || '');
	return scene?.kind === 'homeless' ? 'in no flow of this file' : `in <bdi>${escapeHtml(shorten(name, 120))}</bdi>`;
}

function renderFilters(findings: readonly Finding[], scenes: readonly Scene[], index: PageIndex): string {
	const used = new Set(findings.map(index.sceneOf));
	const flows = scenes.flatMap(({ title }, number) => (used.has(number) ? [[String(number), shorten(title, 60)] as const] : []));
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
