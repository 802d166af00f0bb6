import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { lint } from '../../src/lib/lint/engine.ts';
import type { Finding, LintReport } from '../../src/lib/lint/finding.ts';
import { renderHtml } from '../../src/lib/lint/reporters/html/html.ts';
import { type Chromium, describeWithChromium, type Page, type PageOptions, startChromium } from '../support/chromium.ts';
import { type EditorDrawing, openEditor, readEditorDrawing } from '../support/editor-drawing.ts';
import { startNodeRed } from '../support/node-red.ts';

const fixture = async (name: string): Promise<FlowNode[]> => {
	const path = new URL(`../fixtures/html-report/${name}.json`, import.meta.url);
	return parseFlows(await readFile(path, 'utf8'), name);
};
const isDrawn = ({ type }: FlowNode) => !['tab', 'subflow', 'group'].includes(type);

describeWithChromium('the HTML report in a browser', () => {
	let folder: string;
	let chromium: Chromium;
	let flows: FlowNode[];
	let report: LintReport;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-report-'));
		chromium = await startChromium();
		flows = await fixture('plant');
		report = lint(flows, { mode: 'load-balanced' });
	});
	afterAll(async () => {
		await chromium?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function withPage(html: string, use: (page: Page) => Promise<void>, options?: PageOptions): Promise<void> {
		const file = join(folder, 'report.html');
		await writeFile(file, html);
		const page = await chromium.openPage(options);
		try {
			await page.open(pathToFileURL(file).href);
			await use(page);
			expect({ errors: page.errors, requests: page.requests, dialogs: page.dialogs() }).toEqual({
				errors: [],
				requests: [pathToFileURL(file).href],
				dialogs: 0,
			});
		} finally {
			await page.close();
		}
	}
	const withReport = (use: (page: Page) => Promise<void>, options?: PageOptions) =>
		withPage(renderHtml(report, flows, 'plant.json'), use, options);

	const count = (page: Page, selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
	const shown = (page: Page) => count(page, '.finding:not([hidden])');
	const focused = (page: Page) => page.evaluate<string | null>('document.activeElement.dataset.id ?? null');
	/** Whether the middle of what the selector finds is what a person would see there. */
	const isInSight = (page: Page, selector: string) =>
		page.evaluate<boolean>(`(() => {
			const element = document.querySelector(${JSON.stringify(selector)});
			const { x, y, width, height } = element.getBoundingClientRect();
			return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
		})()`);

	it('opens alone, with every node in sight of a reader', async () => {
		await withReport(async (page) => {
			expect(await count(page, '.drawing .node')).toBe(flows.filter(isDrawn).length);
			expect(await count(page, '.drawing .node .body')).toBe(flows.filter(isDrawn).length - 1); // a junction is a port alone
			expect(await count(page, '.node.marked .badge')).toBe(new Set(report.findings.map(({ nodeId }) => nodeId)).size);
			expect(await shown(page)).toBe(report.findings.length);
			const empty = '[...document.querySelectorAll(".drawing .node")].filter((node) => node.getBoundingClientRect().width < 5).length';
			expect(await page.evaluate(empty)).toBe(0);
		});
	});

	it('draws what the editor of Node-RED draws', async () => {
		// The editor cannot know a type that is not installed: it draws another node in its place.
		const known = flows.filter(({ type }) => type !== 'plc-writer');
		const nodeRed = await startNodeRed({ flows: known, settings: { editorTheme: { tours: false }, telemetry: { enabled: false } } });
		const containers = known.filter(({ type }) => type === 'tab' || type === 'subflow').map(({ id }) => id);
		const editor = new Map<string, EditorDrawing>();
		try {
			const page = await chromium.openPage({ width: 1500, height: 900 });
			await openEditor(page, nodeRed.url);
			for (const id of containers) editor.set(id, await readEditorDrawing(page, id, known.find((node) => node.z === id && node.wires)!.id));
			await page.close();
		} finally {
			await nodeRed.stop();
		}
		await withPage(renderHtml({ ...report, findings: [] }, known, 'plant.json'), async (page) => {
			for (const [number, id] of containers.toSorted((a, b) => rank(known, a) - rank(known, b)).entries()) {
				const ours = await readOurDrawing(page, number);
				const theirs = editor.get(id)!;
				expect(ours.nodes).toEqual(theirs.nodes);
				expect(ours.groups.toSorted()).toEqual(theirs.groups.toSorted());
				expect(ours.wires.map(curve).toSorted()).toEqual(theirs.wires.map(curve).toSorted());
			}
		});
	});

	it('leads from a finding to its node by mouse, and opens the flow', async () => {
		await withReport(async (page) => {
			const finding = report.findings.find(({ flowLabel }) => flowLabel === 'Plant API')!;
			await page.evaluate('document.querySelectorAll("details").forEach((flow) => { flow.open = false; })');
			await page.click(`.finding[data-id="${finding.nodeId}"] .message`);
			expect(await focused(page)).toBe(finding.nodeId);
			expect(await count(page, 'details[open]')).toBe(1);
			expect(await isInSight(page, `.node[data-id="${finding.nodeId}"]`)).toBe(true);
			expect(await count(page, '.finding.current')).toBe(1);
			await page.hover('h1');
			expect(await page.evaluate('[...document.querySelectorAll(".chosen")].map((node) => node.dataset.id)')).toEqual([finding.nodeId]);
		});
	});

	it('lights a node while its finding is pointed at', async () => {
		await withReport(async (page) => {
			const [first, second] = report.findings as [Finding, Finding];
			await page.hover(`.finding[data-id="${first.nodeId}"]`);
			expect(await page.evaluate('[...document.querySelectorAll(".lit")].map((node) => node.dataset.id)')).toEqual([first.nodeId]);
			await page.hover(`.finding[data-id="${second.nodeId}"]`);
			expect(await page.evaluate('[...document.querySelectorAll(".lit")].map((node) => node.dataset.id)')).toEqual([second.nodeId]);
		});
	});

	it('leads from a node to its findings, and back to all of them', async () => {
		await withReport(async (page) => {
			const { nodeId } = report.findings[1]!;
			const own = report.findings.filter((finding) => finding.nodeId === nodeId).length;
			await page.click(`.node[data-id="${nodeId}"] .label`);
			expect(await shown(page)).toBe(own);
			expect(await page.evaluate('document.activeElement.closest(".finding").dataset.id')).toBe(nodeId);
			await page.press('Escape');
			expect(await shown(page)).toBe(report.findings.length);
		});
	});

	it('leads to the nodes that a finding and a verdict name', async () => {
		const [first, ...rest] = report.findings as [Finding, ...Finding[]];
		const related = [{ nodeId: 'a000000000000061', nodeName: '', why: 'the source that reaches it' }];
		const because = [{ strategy: 'gated' as const, nodeId: 'a00000000000004b', rule: null, reason: 'It keeps the last value.' }];
		const verdicts = [
			{ flowId: 'b0771e0000000002', flowLabel: 'Alarms', allows: ['exclusive' as const], notReady: false, sharing: null, because },
		];
		await withPage(renderHtml({ ...report, verdicts, findings: [{ ...first, related }, ...rest] }, flows, 'plant.json'), async (page) => {
			await page.click('.finding .related a');
			expect(await isInSight(page, '.node[data-id=a000000000000061]')).toBe(true);
			expect(await focused(page)).toBe('a000000000000061');
			expect(await page.evaluate('[...document.querySelectorAll(".chosen-kin")].map((node) => node.dataset.id)')).toEqual([
				'a000000000000061',
			]);
			await page.click('.why summary');
			await page.click('.why a');
			expect(await focused(page)).toBe('a00000000000004b');
			expect(await isInSight(page, '.node[data-id=a00000000000004b]')).toBe(true);
		});
	});

	it('works by keyboard alone', async () => {
		await withReport(async (page) => {
			const { nodeId } = report.findings[0]!;
			await page.evaluate('document.querySelector(".finding a").focus()');
			await page.press('Enter');
			expect(await focused(page)).toBe(nodeId);
			await page.press('Enter');
			expect(await page.evaluate('document.activeElement.closest(".finding").dataset.id')).toBe(nodeId);
			await page.press(' ');
			expect(await focused(page)).toBe(nodeId);
			await page.press('Tab');
			expect(await page.evaluate('document.activeElement.tagName')).not.toBe('BODY');
		});
	});

	it('narrows the list by severity, family, confidence, flow and text, and the marks with it', async () => {
		await withReport(async (page) => {
			const { findings } = report;
			const choose = (name: string, value: string) =>
				page.evaluate(`(() => {
					const field = document.querySelector('[name=${name}]');
					field.value = ${JSON.stringify(value)};
					field.dispatchEvent(new Event('input', { bubbles: true }));
				})()`);
			const expectShown = async (fits: (finding: Finding) => boolean) => {
				const expected = findings.filter(fits);
				expect(expected.length).toBeGreaterThan(0);
				expect(expected.length).toBeLessThan(findings.length);
				expect(await shown(page)).toBe(expected.length);
				expect(await page.evaluate('document.querySelector(".filters output").textContent')).toBe(
					`${expected.length} of ${findings.length} shown`,
				);
				expect(await count(page, '.node.marked:not(.quiet)')).toBe(new Set(expected.map(({ nodeId }) => nodeId)).size);
				await page.click('.filters [type=reset]');
				await page.evaluate('new Promise((resolve) => setTimeout(resolve, 20))');
				expect(await shown(page)).toBe(findings.length);
			};
			await page.click('.filters [value=error]');
			await expectShown(({ severity }) => severity !== 'error');
			await page.click('.filters [value=high]');
			await expectShown(({ confidence }) => confidence !== 'high');
			await choose('family', 'implicit-state');
			await expectShown(({ family }) => family === 'implicit-state');
			const alarms = await page.evaluate<string>(
				'[...document.querySelectorAll("[name=flow] option")].find((option) => option.text === "Alarms").value',
			);
			await choose('flow', alarms);
			await expectShown(({ flowLabel }) => flowLabel === 'Alarms');
			await choose('text', 'CHECK weight');
			await expectShown(({ nodeName }) => nodeName === 'check weight');
			await choose('text', 'no such words anywhere');
			expect(await shown(page)).toBe(0);
			expect(await page.evaluate('document.getElementById("nothing-left").hidden')).toBe(false);
		});
	});

	it('zooms a drawing, and shows it whole', async () => {
		await withReport(async (page) => {
			const width = () => page.evaluate<number>('document.querySelector(".drawing .body").getBoundingClientRect().width');
			const before = await width();
			await page.click('[data-zoom=in]');
			expect(await width()).toBeCloseTo(before * 1.25, 0);
			await page.click('[data-zoom=whole]');
			const fits = 'document.querySelector(".scroll").scrollWidth <= document.querySelector(".scroll").clientWidth';
			expect(await page.evaluate(fits)).toBe(true);
		});
	});

	it('is dark where the reader wants it dark', async () => {
		const background = 'getComputedStyle(document.body).backgroundColor';
		await withReport(async (page) => expect(await page.evaluate(background)).toBe('rgb(243, 244, 246)'));
		await withReport(async (page) => expect(await page.evaluate(background)).toBe('rgb(15, 18, 22)'), { colours: 'dark' });
	});

	it('runs nothing that a flow file holds', async () => {
		const hostile = await fixture('hostile');
		const words = '</li></script><script>window.hacked = 1</script><img src="http://example.invalid/x" onerror="window.hacked = 2">';
		const findings = hostile.map<Finding>(({ id, type }) => ({
			...(report.findings[0] as Finding),
			...{ nodeId: id, nodeType: type, nodeName: words, flowId: null, flowLabel: words, message: words, remediation: words },
		}));
		await withPage(renderHtml({ ...report, findings }, hostile, words), async (page) => {
			expect(await count(page, '.drawing .node')).toBe(hostile.filter(isDrawn).length);
			expect(await count(page, '.finding')).toBe(hostile.length);
			expect(await count(page, 'script')).toBe(1);
			expect(await count(page, 'img, iframe, object, embed, base, [autofocus]')).toBe(0);
			// Every node is pointed at, focused and used: what would wait for that has its chance.
			for (let position = 0; position < hostile.length; position++) {
				await page.evaluate(`document.querySelectorAll('.finding .where')[${position}].click()`);
				await page.press('Enter');
				await page.press('Escape');
			}
			expect(await page.evaluate('typeof window.hacked')).toBe('undefined');
		});
	});

	it('opens 3,000 nodes, and finds one of them', async () => {
		const many = Array.from({ length: 3_000 }, (_, index): FlowNode => {
			const place = { x: 100 + (index % 20) * 220, y: 80 + Math.floor(index / 20) * 60 };
			return { id: `n${index}`, type: 'function', z: 'large', name: `node ${index}`, outputs: 1, ...place, wires: [[`n${index + 1}`]] };
		});
		const large = [{ id: 'large', type: 'tab', label: 'Large' }, ...many];
		const finding: Finding = { ...report.findings[0]!, nodeId: 'n2871', nodeType: 'function', nodeName: 'node 2871', flowId: 'large' };
		const start = performance.now();
		await withPage(renderHtml({ ...report, findings: [finding] }, large, 'large.json'), async (page) => {
			await page.click('.finding');
			expect(await focused(page)).toBe('n2871');
			expect(await isInSight(page, '.node[data-id=n2871]')).toBe(true);
		});
		expect(performance.now() - start).toBeLessThan(15_000);
	});
});

/** Flows before subflows, as the report has them. */
function rank(flows: FlowNode[], id: string): number {
	return flows.find((node) => node.id === id)?.type === 'tab' ? 0 : 1;
}

/** The report's drawing in the words of the editor's. */
function readOurDrawing(page: Page, number: number): Promise<EditorDrawing> {
	return page.evaluate<EditorDrawing>(`(() => {
		const all = (selector, root = document.querySelector('#flow-${number} .drawing')) => [...root.querySelectorAll(selector)];
		const isInput = (port) => port.getAttribute('x') === '-5';
		return {
			nodes: Object.fromEntries(all('.node:not(.config):not(.junction)').map((node) => [node.dataset.id, {
				place: node.getAttribute('transform'),
				width: node.querySelector('.body').getAttribute('width'),
				height: node.querySelector('.body').getAttribute('height'),
				colour: node.querySelector('.body').getAttribute('fill').toLowerCase(),
				label: node.querySelector('.label') ? all('.label', node).map((line) => line.textContent).join('|') : '',
				inputs: all('.port', node).filter(isInput).length,
				outputs: all('.port', node).filter((port) => !isInput(port)).length,
			}])),
			wires: all('.wires path').map((path) => path.getAttribute('d')),
			groups: all('.group').map((group) => {
				const area = group.querySelector('.area');
				return [...group.getAttribute('transform').match(/-?[\\d.]+/g), area.getAttribute('width'), area.getAttribute('height')].join(' ');
			}),
		};
	})()`);
}

/** A path as its commands and rounded numbers; a horizontal stretch by where it ends. */
function curve(path: string): string {
	let x = 0;
	const steps = [...path.matchAll(/([MCSHh])([^MCSHh]*)/g)].map(([, command, rest]) => {
		const numbers = rest!.match(/-?\d+(?:\.\d+)?/g)!.map(Number);
		if (command === 'h') numbers[0]! += x;
		x = (command === 'h' || command === 'H' ? numbers[0] : numbers.at(-2)) as number;
		return `${command!.toUpperCase()} ${numbers.map((number) => (Math.round(number * 10) / 10).toFixed(1)).join(' ')}`;
	});
	return steps.join(' ');
}
