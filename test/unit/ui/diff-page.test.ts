import { readFileSync } from 'node:fs';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { parseFlows } from '../../../src/lib/flows/parse.ts';
import { changedPlant, diffPageOf } from '../../support/changed-plant.ts';

/** The markup without the page's own style and script. */
const bodyOf = (html: string) => html.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
const tagsOf = (html: string) => bodyOf(html).match(/<[^>]*>/g) ?? [];
const count = (html: string, pattern: RegExp) => bodyOf(html).match(pattern)?.length ?? 0;
/** What is drawn of a side, by node id, with its classes. */
const drawn = (html: string, side: 'a' | 'b') =>
	new Map(
		Array.from(
			bodyOf(html).matchAll(new RegExp(`<g id="${side}-\\d+" class="node ([^"]*)"[^>]*data-id="([^"]*)"`, 'g')),
			([, classes, id]) => [id, classes],
		),
	);

describe('the page of a diff', () => {
	const html = diffPageOf(changedPlant());

	it('is one balanced document whose ids are unique and whose links all lead somewhere', () => {
		const open: string[] = [];
		for (const tag of tagsOf(html)) {
			const [, slash, name = ''] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(tag) ?? [];
			if (name === '' || tag.endsWith('/>') || ['meta', 'input'].includes(name)) continue;
			if (slash === '') open.push(name);
			else expect([tag, open.pop()]).toEqual([tag, name]);
		}
		expect(open).toEqual([]);
		const ids = tagsOf(html).flatMap((tag) => /\sid="([^"]*)"/.exec(tag)?.[1] ?? []);
		expect(new Set(ids).size).toBe(ids.length);
		const links = tagsOf(html).flatMap((tag) => /\bhref="#([^"]*)"/.exec(tag)?.[1] ?? []);
		expect(links.length).toBeGreaterThan(5);
		expect(links.filter((link) => !ids.includes(link))).toEqual([]);
	});

	it('asks for nothing from elsewhere, and lets nothing but its own style and script act', () => {
		expect(html).not.toMatch(/\b(?:src|srcset|action|formaction|poster|data)=|@import|url\((?!#grid)|https?:/);
		expect(html).toMatch(
			/content="default-src 'none'; style-src 'sha256-[\w+/]+=*'; script-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'"/,
		);
		expect(bodyOf(html)).not.toMatch(/\sstyle=|\son\w+=/);
	});

	it('says whose credentials differ, also where nothing else does', () => {
		const { before } = changedPlant();
		const { id } = before.find(({ type }) => type === 'mqtt-broker') ?? before.at(-1)!;
		const marks = { before: { [id]: { names: ['password'], mark: 'aa' } }, after: { [id]: { names: ['password'], mark: 'bb' } } };
		const page = bodyOf(diffPageOf({ before, after: before }, { marks }));
		expect(page).toMatch(/<li><bdi>credentials of [^<]*password[^<]*<\/bdi><\/li>/);
	});

	it('draws the flows that differ, before and after, and no others', () => {
		expect(Array.from(bodyOf(html).matchAll(/<summary><h3><bdi>([^<]*)/g), ([, title]) => title)).toEqual([
			'Alarms',
			'Bottling line',
			'Config nodes of all flows',
		]);
		expect(count(html, /<svg class="drawing"/g)).toBe(6);
		expect(html).toContain('aria-label="Drawing of Before: Bottling line"');
		expect(html).not.toContain('answer from memory');
	});

	it('marks what was added, removed and changed on the side where it is', () => {
		const [before, after] = [drawn(html, 'b'), drawn(html, 'a')];
		expect(before.get('a000000000000006')).toBe('node marked removed');
		expect(after.has('a000000000000006')).toBe(false);
		expect(after.get('c0ffee0000000001')).toBe('node marked added');
		expect(before.has('c0ffee0000000001')).toBe(false);
		for (const side of [before, after]) {
			expect(side.get('a000000000000004')).toBe('node marked changed');
			expect(side.get('c000000000000001')).toBe('config marked changed');
			expect(side.get('a000000000000005')).toBe('node');
		}
	});

	it('marks the wires that are gone and those that are new', () => {
		expect(count(html, /<path class="removed" d=/g)).toBe(1);
		expect(count(html, /<path class="added" d=/g)).toBe(1);
	});

	it('tells each change in words, with the code that differs, and leads to its drawing', () => {
		const entry = /<li class="change changed"[^>]*>(?:(?!<\/li><li class="change).)*check weight.*?<\/details>/s.exec(bodyOf(html))?.[0];
		expect(entry).toContain('<span class="added">+ return [null, msg];\n</span>');
		expect(entry).toContain('output 2 no longer goes to &#39;underweight&#39;; it goes to &#39;rejected bottles&#39;');
		expect(entry).toMatch(/data-before="b-\d+" data-after="a-\d+"/);
		expect(count(html, /<li class="change removed"/g)).toBe(1);
	});

	it('draws both versions over the same ground, so that what did not move stands at the same place', () => {
		const boxes = Array.from(bodyOf(html).matchAll(/viewBox="([^"]*)" width="\d/g), ([, box]) => box);
		expect(boxes).toHaveLength(6);
		for (let pair = 0; pair < 6; pair += 2) expect(boxes[pair]).toBe(boxes[pair + 1]);
	});

	it('shows a flow that is there on one side alone, and nothing where nothing differs', () => {
		const { before } = changedPlant();
		const gone = before.filter((node) => node.z !== 'b0771e0000000003' && node.id !== 'b0771e0000000003');
		const page = diffPageOf({ before, after: gone });
		expect(page).toContain('<section class="side after absent"><h4>After</h4><p>not there</p></section>');
		expect(count(page, /<svg class="drawing"/g)).toBe(1);
		expect(diffPageOf({ before, after: before })).toContain('<p>No difference.</p>');
		const moved = before.map((node) => (node.id === 'a000000000000005' ? { ...node, x: 900 } : node));
		expect(diffPageOf({ before, after: moved })).toContain('<p>No difference but in the layout.</p>');
		expect(drawn(diffPageOf({ before, after: moved }, { layout: true }), 'a').get('a000000000000005')).toBe('node marked changed');
	});
});

describe('secrets in the page of a diff', () => {
	it('are hidden as in the other formats, in drawings too', () => {
		const flows = (limit: number): FlowNode[] => [
			{ id: 't1', type: 'tab', label: 'Plant' },
			{ id: 'i1', type: 'inject', z: 't1', name: '', topic: 'deep-secret-topic', payload: '', x: 1, y: 1, wires: [['f1']] },
			{
				id: 'h1',
				type: 'http request',
				z: 't1',
				name: 'see https://me:pass4me@api.example/',
				url: 'https://me:pass4me@api.example/',
				x: 1,
				y: 90,
				wires: [[]],
			},
			{
				id: 'f1',
				type: 'function',
				z: 't1',
				name: 'limit',
				func: `const token = "abc123def456ghi789jkl";\nreturn ${limit};`,
				x: 200,
				y: 1,
				wires: [[]],
			},
			{ id: 'f2', type: 'function', z: 't1', name: 'untouched', func: 'const code = "kept-out-of-the-page";', x: 200, y: 50, wires: [[]] },
		];
		const html = diffPageOf({ before: flows(1), after: flows(2) }, { redact: (text) => text.replaceAll('deep-secret-topic', '***') });
		expect(html).toContain('return 2;');
		for (const secret of ['deep-secret-topic', 'pass4me', 'abc123def456ghi789jkl', 'kept-out-of-the-page'])
			expect(html).not.toContain(secret);
	});
});

describe('flows that mean harm', () => {
	it('come out as text', () => {
		const path = 'test/fixtures/html-report/hostile.json';
		const hostile = parseFlows(readFileSync(path, 'utf8'), path);
		const words = '</script><script>window.hacked = 1</script><img src=x onerror=hack()>';
		const after = hostile.map((node) =>
			node.type === 'tab' ? { ...node, label: words } : { ...node, name: words, func: words, extra: words },
		);
		const html = diffPageOf({ before: hostile, after });
		expect(count(html, /<(?:img|script|iframe|object|embed|base)\b/g)).toBe(0);
		expect(html.match(/<script>/g)).toHaveLength(1);
		expect(html).toContain('&lt;/script&gt;&lt;script&gt;window.hacked');
	});
});

describe('a flow of 3,000 nodes', () => {
	it('is drawn twice within seconds, in a page of some megabytes', () => {
		const many = (wire: number): FlowNode[] => [
			{ id: 'large', type: 'tab', label: 'Large' },
			...Array.from({ length: 3_000 }, (_, index): FlowNode => {
				const place = { x: 100 + (index % 20) * 220, y: 80 + Math.floor(index / 20) * 60 };
				return {
					id: `n${index}`,
					type: 'function',
					z: 'large',
					name: `node ${index}`,
					func: 'return msg;',
					outputs: 1,
					...place,
					wires: [[`n${index + wire}`]],
				};
			}),
		];
		const start = performance.now();
		const html = diffPageOf({ before: many(1), after: many(2) });
		const ms = performance.now() - start;
		expect(count(html, /class="node node marked changed"/g)).toBe(6_000);
		expect({ fast: ms < 15_000, small: html.length < 12_000_000 }).toEqual({ fast: true, small: true });
	});
});
