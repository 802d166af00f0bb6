import { readFileSync } from 'node:fs';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { parseFlows } from '../../../src/lib/flows/parse.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import type { Finding, LintReport } from '../../../src/lib/lint/finding.ts';
import { renderHtml, html as reportHtml } from '../../../src/lib/lint/reporters/html/html.ts';
import type { FlowVerdict } from '../../../src/lib/lint/verdict.ts';
import { gateInput, subjectOf } from './gate-subject.ts';

function readFixture(name: string): FlowNode[] {
	const path = `test/fixtures/html-report/${name}.json`;
	return parseFlows(readFileSync(path, 'utf8'), path);
}

/** A report with a finding at every node, whose texts are as hostile as the flows. */
function accuse(
	flows: readonly FlowNode[],
	words = '</li></script><script>window.hacked = 99</script>"\'><img src=x onerror=hack()>',
): LintReport {
	const findings = flows.map<Finding>((node, position) => ({
		rule: 'some-rule',
		family: 'timers',
		severity: (['error', 'warning', 'info'] as const)[position % 3]!,
		confidence: 'high',
		nodeId: node.id,
		nodeType: node.type,
		nodeName: typeof node.name === 'string' ? node.name : '',
		flowId: typeof node.z === 'string' ? node.z : null,
		flowLabel: typeof node.z === 'string' ? words : null,
		message: words,
		remediation: words,
		docs: 'docs/rules/some-rule.md',
	}));
	return {
		version: 1,
		mode: 'hot-spare',
		findings,
		summary: { nodes: flows.length, flows: 1, errors: findings.length, warnings: 0, infos: 0 },
	};
}

/** The tags of a document, outside of its own style and script. Attributes never hold a bare `>`: the report escapes it. */
function tagsOf(html: string): string[] {
	return html.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1></$1>').match(/<[^>]*>/g) ?? [];
}

/** Elements that were opened and not closed in order; void ones need not be. */
function unbalanced(tags: string[]): string[] {
	const open: string[] = [];
	for (const tag of tags) {
		const [, slash, name = ''] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(tag) ?? [];
		if (name === '' || tag.endsWith('/>') || ['meta', 'input'].includes(name)) continue;
		if (slash === '') open.push(name);
		else if (open.pop() !== name) return [...open, tag];
	}
	return open;
}

const count = (html: string, pattern: RegExp) => html.match(pattern)?.length ?? 0;
const isDrawn = ({ type }: FlowNode) => !['tab', 'subflow', 'group'].includes(type);

describe('the HTML report of a plant', () => {
	const flows = readFixture('plant');
	const report = lint(flows, { mode: 'load-balanced' });
	const html = renderHtml(report, flows, 'plant.json');

	it('is one balanced document whose ids are unique and whose links all lead somewhere', () => {
		const tags = tagsOf(html);
		expect(unbalanced(tags)).toEqual([]);
		const ids = tags.flatMap((tag) => /\sid="([^"]*)"/.exec(tag)?.[1] ?? []);
		expect(new Set(ids).size).toBe(ids.length);
		const links = tags.flatMap((tag) => /\bhref="#([^"]*)"/.exec(tag)?.[1] ?? []);
		expect(links.length).toBeGreaterThan(report.findings.length);
		expect(links.filter((link) => !ids.includes(link))).toEqual([]);
	});

	it('asks for nothing from elsewhere and lets nothing but its own style and script act', () => {
		expect(html).not.toMatch(/\b(?:src|srcset|action|formaction|poster|data)=|@import|url\((?!#grid)|https?:/);
		expect(html).toMatch(
			/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]+=*'; script-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'">/,
		);
		expect(tagsOf(html).filter((tag) => /\s(?:on\w+|style)=/.test(tag))).toEqual([]);
	});

	it('draws every node, wire, group and subflow port', () => {
		expect(count(html, /<g id="node-\d+" class="node /g)).toBe(flows.filter(isDrawn).length);
		expect(count(html, /<g id="node-\d+" class="group/g)).toBe(3);
		expect(count(html, /<g class="subflow-port"/g)).toBe(4);
		expect(count(html, /<g class="wires">(?:<path[^>]*>)*/g)).toBe(6);
		expect(html.match(/<g class="wires">.*?<\/g>/g)!.map((wires) => count(wires, /<path/g))).toEqual([17, 18, 10, 3, 6, 0]);
	});

	it('shows flows first, then subflows, then config nodes, and says which flow is disabled', () => {
		expect([...html.matchAll(/<h3><bdi>(.*?)<\/bdi><\/h3> <small>(.*?)<\/small>/g)].map(([, title, notes]) => [title, notes])).toEqual([
			['Bottling line', '18 nodes'],
			['Alarms', '17 nodes'],
			['Plant API', '15 nodes'],
			['Old palletiser', 'disabled, 4 nodes'],
			['Notify shift', 'subflow, 4 nodes'],
			['Config nodes of all flows', '2 nodes'],
		]);
		expect(html).toContain('<svg class="drawing disabled"');
	});

	it('places and paints a node as the editor does', () => {
		const node = /<g id="node-\d+" class="node node[^"]*" transform="translate\(530 117\.5\)" data-id="a000000000000004".*?<\/g><\/g>/.exec(
			html,
		)![0];
		expect(node).toContain('<rect class="body" width="140" height="45" rx="5" fill="#fdd0a2"/>');
		expect(node).toContain('<text class="label named" x="38" y="23.5">check weight</text>');
		expect(node.match(/<rect class="port"[^>]*>/g)).toEqual([
			'<rect class="port" x="-5" y="17.5" width="10" height="10" rx="3"/>',
			'<rect class="port" x="135" y="4.5" width="10" height="10" rx="3"/>',
			'<rect class="port" x="135" y="17.5" width="10" height="10" rx="3"/>',
			'<rect class="port" x="135" y="30.5" width="10" height="10" rx="3"/>',
		]);
		expect(html).toContain('class="node node disabled" transform="translate(750 525)"');
		expect(html).toContain('fill="#bfdbef" fill-opacity="0.5" stroke="#3f93cf"');
	});

	it('marks each node that has findings with their number and the gravest of them, for the keyboard too', () => {
		const marked = new Set(report.findings.map(({ nodeId }) => nodeId));
		expect(count(html, /class="node [a-z ]*marked (?:error|warning|info)"/g)).toBe(marked.size);
		const once = [...marked].find((id) => report.findings.filter(({ nodeId }) => nodeId === id).length === 1)!;
		expect(html).toMatch(new RegExp(`data-id="${once}" tabindex="0" role="button" aria-label="[^"]*: 1 finding, gravest: `));
		expect(count(html, /<li class="finding /g)).toBe(report.findings.length);
	});

	it('has verdicts where the report has them', () => {
		const { verdicts: _, ...withoutVerdicts } = report;
		expect(renderHtml(withoutVerdicts, flows, 'plant.json')).toContain('<h2 id="by-flow">Flows</h2>');
		const verdicts: FlowVerdict[] = [
			{
				...{ flowId: 'b0771e0000000001', flowLabel: 'Bottling line', allows: ['exclusive'], notReady: true, sharing: null },
				because: [{ strategy: 'gated', nodeId: 'a000000000000022', rule: null, reason: 'It keeps <b>messages</b>.' }],
			},
			{ flowId: 'b0771e0000000002', flowLabel: 'Alarms', allows: ['gated', 'exclusive'], notReady: false, sharing: null, because: [] },
		];
		const judged = renderHtml({ ...report, verdicts }, flows, 'plant.json');
		expect(judged).toContain('<h2 id="by-flow">Verdicts by flow</h2>');
		expect(judged).toMatch(
			/Bottling line<\/bdi><\/a><\/th><td><span class="strategy none">not ready<\/span> <span class="strategy">exclusive</,
		);
		expect(judged).toMatch(/<dt>Not gated<\/dt><dd><a class="node-link" href="#node-\d+"><bdi>batch 10<\/bdi><\/a>: It keeps &lt;b&gt;/);
		expect(judged).toMatch(
			/Alarms<\/bdi><\/a><\/th><td><span class="strategy">gated<\/span> <span class="strategy">exclusive<\/span><\/td>/,
		);
	});

	it('names the nodes that a finding is related to, with links to them', () => {
		const [first, ...rest] = report.findings as [Finding, ...Finding[]];
		const related = [{ nodeId: 'a000000000000021', nodeName: 'every 10 s', why: 'the source that <i>reaches</i> it' }];
		const page = renderHtml({ ...report, findings: [{ ...first, related }, ...rest] }, flows, 'plant.json');
		expect(page).toMatch(/data-kin="(node-\d+)"/);
		expect(page).toMatch(
			/<p class="related">the source that &lt;i&gt;reaches&lt;\/i&gt; it: <a class="node-link" href="#node-\d+"><bdi>every 10 s</,
		);
	});

	it('is the same every time', () => {
		expect(renderHtml(report, flows, 'plant.json')).toBe(html);
	});
});

describe('the HTML report of hostile flows', () => {
	const flows = readFixture('hostile');
	const html = renderHtml(accuse(flows), flows, '</title><script>window.hacked = 100</script>');

	it('holds their text as text', () => {
		const tags = tagsOf(html);
		expect(unbalanced(tags)).toEqual([]);
		expect(tags.filter((tag) => /^<(?:script|img|style|iframe|object|embed|base|link|form)\b/i.test(tag))).toEqual([
			'<style>',
			expect.stringMatching(/^<form class="filters"/),
			'<script>',
		]);
		expect(tags.filter((tag) => /\s(?:on\w+|style|autofocus)=/.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([]);
		expect(html).not.toMatch(/url\((?!#grid)/);
		expect(html).not.toMatch(/[\u2028\u2029\0]/);
	});

	it('draws every node, at numbers', () => {
		expect(count(html, /<g id="node-\d+" class="node /g)).toBe(flows.filter(isDrawn).length);
		expect(html).not.toMatch(/NaN|Infinity|\de[+-]?\d+[ ")]|\[object/);
		expect(html).toContain('nodes without a place in the editor');
	});

	it('cuts a name of 10,000 characters', () => {
		expect(html).not.toContain('x'.repeat(301));
	});

	it('survives coordinates that JSON cannot say, and flows without anything', () => {
		const odd = [Number.NaN, Number.POSITIVE_INFINITY, -0, -1e9].map((x, index) => ({
			id: `n${index}`,
			type: 'debug',
			x,
			y: x,
			wires: [],
		}));
		expect(count(renderHtml(accuse(odd), odd, 'odd'), /<g id="node-\d+" class="node /g)).toBe(4);
		expect(unbalanced(tagsOf(renderHtml(accuse([]), [], 'empty')))).toEqual([]);
	});

	it('links a finding only where its node is drawn', () => {
		const page = renderHtml(accuse([{ id: 'gone', type: 'debug' }]), [], 'x');
		expect(page).toContain('<span class="where">debug');
	});
});

describe('the HTML report of several files', () => {
	const flows = readFixture('plant');
	const subject = subjectOf(['line1.json', 'line2.json'].map((file) => gateInput(file, flows)));
	const { findings } = subject.report;
	const omitted = { suppressed: 2, baseline: 0, unchanged: 3, confidence: 0 };
	const page = reportHtml({ ...subject, report: { ...subject.report, omitted, failures: ['12 errors', '3 warnings, and 0 are allowed'] } });

	it('keeps the files apart, even where they hold the same ids', () => {
		const tags = tagsOf(page);
		expect(unbalanced(tags)).toEqual([]);
		const ids = tags.flatMap((tag) => /\sid="([^"]*)"/.exec(tag)?.[1] ?? []);
		expect(new Set(ids).size).toBe(ids.length);
		const anchors = [...page.matchAll(/<a class="where" href="#([^"]*)"/g)].map(([, anchor]) => anchor);
		expect(anchors.length).toBe(findings.length);
		expect(new Set(anchors).size).toBe(new Set(findings.map(({ file, nodeId }) => `${file} ${nodeId}`)).size);
	});

	it('names the file of each flow, and what is not shown', () => {
		expect(page).toContain('<h3><bdi>Alarms (line1.json)</bdi></h3>');
		expect(page).toContain('<h3><bdi>Alarms (line2.json)</bdi></h3>');
		expect(page).toContain('High availability of <bdi>2 flow files</bdi>');
		expect(page).toContain('Not shown: 2 suppressed in the flows, 3 at what did not change.');
		expect(page).toContain('Does not pass: 12 errors; 3 warnings, and 0 are allowed.');
	});
});

describe('the time it takes', () => {
	it('grows with the nodes, not faster', () => {
		const sizes = [3_000, 12_000];
		const inputs = sizes.map((size) => {
			const flows = plainFlows(size);
			return { flows, report: accuse(flows, 'words') };
		});
		renderHtml(inputs[0]!.report, inputs[0]!.flows, 'warm');
		const best = inputs.map(({ flows, report }) => Math.min(...[1, 2, 3].map(() => timeOf(() => renderHtml(report, flows, 'x')))));
		expect(best[0]).toBeLessThan(2_000);
		// Four times the nodes: 16 times the time if each looked at all the others.
		expect(best[1]! / best[0]!).toBeLessThan(9);
	});
});

function plainFlows(size: number): FlowNode[] {
	const types = ['function', 'mqtt in', 'switch', 'debug', 'join'];
	const group: FlowNode = { id: 'g', type: 'group', z: 't', name: 'all', nodes: [], style: { label: true } };
	const nodes = Array.from({ length: size }, (_, index): FlowNode => {
		const wires = [[`n${index + 1}`], [`n${(index * 7) % size}`]];
		return {
			id: `n${index}`,
			type: types[index % 5]!,
			z: 't',
			g: 'g',
			x: (index % 20) * 200,
			y: Math.floor(index / 20) * 60,
			outputs: 2,
			wires,
		};
	});
	return [{ id: 't', type: 'tab', label: 'large' }, group, ...nodes];
}

function timeOf(work: () => void): number {
	const start = performance.now();
	work();
	return performance.now() - start;
}
