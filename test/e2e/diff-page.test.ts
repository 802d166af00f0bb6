import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { changedPlant, diffPageOf } from '../support/changed-plant.ts';
import { type Chromium, describeWithChromium, type Page, type PageOptions, startChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';

const CHANGED = 'a000000000000004';
const REMOVED = 'a000000000000006';
const ADDED = 'c0ffee0000000001';

describeWithChromium('the page of a diff in a browser', () => {
	let folder: string;
	let chromium: Chromium;
	let html: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-diff-page-'));
		chromium = await startChromium();
		html = diffPageOf(changedPlant());
	});
	afterAll(async () => {
		await chromium?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function withPage(text: string, use: (page: Page) => Promise<void>, options?: PageOptions): Promise<void> {
		const file = join(folder, 'diff.html');
		await writeFile(file, text);
		const page = await chromium.openPage({ width: 1500, height: 1000, ...options });
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

	const count = (page: Page, selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
	const focused = (page: Page) => page.evaluate<string | null>('document.activeElement.dataset.id ?? document.activeElement.textContent');
	const chosen = (page: Page) => page.evaluate<string[]>('[...document.querySelectorAll(".chosen")].map((node) => node.dataset.id)');
	const isInSight = (page: Page, selector: string) =>
		page.evaluate<boolean>(`(() => {
			const element = document.querySelector(${JSON.stringify(selector)});
			const { x, y, width, height } = element.getBoundingClientRect();
			return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
		})()`);

	it('leads from a change to its node in both versions, and back', async () => {
		await withPage(html, async (page) => {
			await page.evaluate('document.querySelectorAll("details.flow").forEach((flow) => { flow.open = false; })');
			const entry = await page.evaluate<string>(`document.querySelector('.side.after [data-id=${CHANGED}]').id`);
			await page.click(`[data-after=${entry}] .where`);
			expect(await focused(page)).toBe(CHANGED);
			expect(await chosen(page)).toEqual([CHANGED, CHANGED]);
			expect(await isInSight(page, `.side.after [data-id=${CHANGED}]`)).toBe(true);
			await page.click(`.side.before [data-id=${REMOVED}] .body`);
			const kind = () => page.evaluate('document.querySelector(".change.current").dataset.kind');
			await until(async () => (await kind()) === 'removed', 'the change is marked');
			expect(await focused(page)).toContain('underweight');
		});
	});

	it('goes through the changes by keyboard', async () => {
		await withPage(html, async (page) => {
			const total = await count(page, '.change[id]');
			expect(total).toBe(5);
			const seen = new Set<string>();
			for (let step = 0; step < total; step++) {
				await page.press('n');
				seen.add((await focused(page)) ?? '');
			}
			expect(seen).toEqual(new Set([CHANGED, REMOVED, ADDED, 'a00000000000004b', 'c000000000000001']));
			await page.press('Enter');
			expect(await page.evaluate('document.activeElement.closest(".change").classList.contains("current")')).toBe(true);
			await page.press('Escape');
			expect(await chosen(page)).toEqual([]);
		});
	});

	it('shows one version alone, and both again where the node is only on the other', async () => {
		await withPage(html, async (page) => {
			const visible = (side: string) => page.evaluate<boolean>(`document.querySelector('.side.${side}').getClientRects().length > 0`);
			await page.click('[name=view][value=after]');
			expect([await visible('before'), await visible('after')]).toEqual([false, true]);
			await page.press('v');
			expect([await visible('before'), await visible('after')]).toEqual([true, true]);
			await page.click('[name=view][value=after]');
			await page.click('.change.removed .where');
			expect([await visible('before'), await visible('after')]).toEqual([true, true]);
			expect(await focused(page)).toBe(REMOVED);
		});
	});

	it('looks at both versions in the same place, in the same size', async () => {
		await withPage(html, async (page) => {
			const places = (selector: string) =>
				page.evaluate<number[]>(`[...document.querySelectorAll('${selector}')].map((node) => node.getBoundingClientRect().y)`);
			for (let step = 0; step < 3; step++) await page.click('#flow-1 [data-zoom=in]');
			await page.evaluate(`(() => { const side = document.querySelector('#flow-1 .before .scroll'); side.scrollTo(200, 120); })()`);
			await until(async () => {
				const [before, after] = await page.evaluate<number[][]>(
					`[...document.querySelectorAll('#flow-1 .scroll')].map((side) => [side.scrollLeft, side.scrollTop])`,
				);
				return before![0]! > 0 && String(before) === String(after);
			}, 'the other version is scrolled as far');
			const [one, other] = await places('#flow-1 [data-id=a000000000000002]');
			expect(one).toBeCloseTo(other!, 0);
		});
	});

	it('lists only the kinds that are asked for', async () => {
		await withPage(html, async (page) => {
			await page.click('[name=kind][value=changed]');
			expect(await count(page, '.change[id]:not([hidden])')).toBe(2);
		});
	});

	it('marks in green and red, in light and in dark', async () => {
		const colours = (page: Page) =>
			page.evaluate<string[]>(`['.wires .added', '.wires .removed'].map((wire) => getComputedStyle(document.querySelector(wire)).stroke)`);
		await withPage(html, async (page) => expect(await colours(page)).toEqual(['rgb(26, 127, 55)', 'rgb(207, 34, 46)']));
		await withPage(html, async (page) => expect(await colours(page)).toEqual(['rgb(78, 194, 107)', 'rgb(255, 106, 97)']), {
			colours: 'dark',
		});
	});

	it('runs nothing that the flows hold', async () => {
		const path = new URL('../fixtures/html-report/hostile.json', import.meta.url);
		const before = parseFlows(await readFile(path, 'utf8'), 'hostile');
		const words = '</li></script><script>window.hacked = 1</script><img src="http://example.invalid/x" onerror="window.hacked = 2">';
		const after = before.map((node): FlowNode => ({ ...node, name: words, ...(node.type === 'tab' ? { label: words } : { info: words }) }));
		await withPage(diffPageOf({ before, after }), async (page) => {
			expect(await count(page, 'script')).toBe(1);
			expect(await count(page, 'img, iframe, object, embed, base, [autofocus]')).toBe(0);
			for (let step = 0; step < before.length; step++) {
				await page.press('n');
				await page.press('Enter');
			}
			expect(await page.evaluate('typeof window.hacked')).toBe('undefined');
		});
	});

	it('opens a flow of 3,000 nodes, and finds one of them', async () => {
		const many = (name: string): FlowNode[] => [
			{ id: 'large', type: 'tab', label: 'Large' },
			...Array.from({ length: 3_000 }, (_, index): FlowNode => {
				const place = { x: 100 + (index % 20) * 220, y: 80 + Math.floor(index / 20) * 60 };
				const own = index === 2871 ? name : `node ${index}`;
				return { id: `n${index}`, type: 'function', z: 'large', name: own, outputs: 1, ...place, wires: [[`n${index + 1}`]] };
			}),
		];
		const start = performance.now();
		await withPage(diffPageOf({ before: many('old'), after: many('new') }), async (page) => {
			await page.press('n');
			expect(await focused(page)).toBe('n2871');
			expect(await isInSight(page, '.side.after [data-id=n2871]')).toBe(true);
		});
		expect(performance.now() - start).toBeLessThan(30_000);
	});
});
