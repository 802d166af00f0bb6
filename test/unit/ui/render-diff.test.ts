import { compareSnapshots } from '../../../src/lib/flows/diff/compare.ts';
import type { SnapshotSide } from '../../../src/lib/flows/diff/snapshot-diff.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import type { ComparedSide } from '../../../src/lib/snapshot/compared-side.ts';
import { renderDiff } from '../../../src/lib/ui/render-diff.ts';
import { renderDiffMarkdown } from '../../../src/lib/ui/render-diff-markdown.ts';
import { createTheme, plainTheme } from '../../../src/lib/ui/theme.ts';

const from: ComparedSide = { kind: 'environment', environment: 'production', release: 3, snapshot: '0123456789abcdef' };
const to: ComparedSide = { kind: 'dev', snapshot: 'fedcba9876543210' };
const side = (flows: FlowNode[], rest: Partial<SnapshotSide> = {}): SnapshotSide => ({
	flows,
	palette: [],
	nodeRed: { version: '5.0.7' },
	...rest,
});

const func = (limit: number) => ['const t = msg.payload;', '', `if (t > ${limit}) node.warn("hot");`, 'return msg;'].join('\n');
const tab: FlowNode = { id: 't1', type: 'tab', label: 'Plant' };
const before = side([
	tab,
	{ id: 'f1', type: 'function', z: 't1', name: 'limit', func: func(70), y: 1, wires: [['log'], ['log']] },
	{ id: 'log', type: 'debug', z: 't1', name: 'log', y: 2 },
	{ id: 'old', type: 'http request', z: 't1', y: 3 },
	{ id: 'b1', type: 'mqtt-broker', name: 'local', broker: 'localhost', password: 'hunter2-a' },
]);
const after = side(
	[
		{ ...tab, disabled: true },
		{ id: 'f1', type: 'function', z: 't1', name: 'limit', func: func(80), y: 1, wires: [['log'], ['new']] },
		{ id: 'log', type: 'debug', z: 't1', name: 'log', y: 2, g: 'g1' },
		{ id: 'g1', type: 'group', z: 't1', name: 'Sinks', y: 4 },
		{ id: 'new', type: 'file', z: 't1', name: 'store', filename: '/data/hot', y: 5, wires: [[]] },
		{ id: 'b1', type: 'mqtt-broker', name: 'local', broker: 'plant', password: 'hunter2-b' },
	],
	{ palette: [{ name: 'node-red-contrib-modbus', version: '5.43.0', types: [] }], nodeRed: { version: '5.1.0' } },
);
const compare = (one: SnapshotSide, other: SnapshotSide) => compareSnapshots(one, other, { layout: false });

describe('renderDiff', () => {
	it('tells what differs, by flow and node', () => {
		expect(
			renderDiff(compare(before, after), from, to, plainTheme),
		).toBe(`production (release 3, 0123456789ab) → the dev Node-RED (fedcba987654)
2 nodes added, 3 nodes changed, 1 node removed, 1 flow concerned

Flow 'Plant'
  disabled: true
  ~ function 'limit' f1
      func:
        @ line 1
          const t = msg.payload;

        - if (t > 70) node.warn("hot");
        + if (t > 80) node.warn("hot");
          return msg;
      output 2 no longer goes to 'log'; it goes to 'store'
  ~ debug 'log' log
      in the group 'Sinks'
  - http request old
  + group 'Sinks' g1
  + file 'store' new
      filename: "/data/hot"

On no flow (config nodes)
  ~ mqtt-broker 'local' b1
      broker: "localhost" → "plant"
      password: changed (it looks like a secret, so it is not shown)

Node-RED 5.0.7 → 5.1.0
Palette
  + node-red-contrib-modbus 5.43.0`);
	});

	it('tells two nodes of one name apart, and what has no name', () => {
		const wired = (...wires: string[]) =>
			side([
				tab,
				{ id: 'a', type: 'function', z: 't1', wires: [wires] },
				...['x', 'y'].map((id) => ({ id, type: 'debug', z: 't1', name: 'log' })),
			]);
		const said = (one: SnapshotSide, other: SnapshotSide) =>
			renderDiff(compare(one, other), from, to, plainTheme).split('\n').at(-1)?.trim();
		expect(said(wired('x'), wired('y'))).toBe("output 1 no longer goes to 'log' (x); it goes to 'log' (y)");
		expect(said(wired('x'), wired())).toBe("output 1 no longer goes to 'log'");
		expect(said(wired(), wired('nowhere'))).toBe('output 1 goes to a node that is not there (nowhere)');
		expect(said(wired('x', 'y'), wired('y', 'x'))).toBe('output 1 goes to the same nodes in another order');
	});

	it('says so where nothing differs, or the layout alone', () => {
		expect(renderDiff(compare(before, before), from, to, plainTheme)).toMatch(/\nNo difference\.$/);
		const moved = side(before.flows.map((node) => ({ ...node, x: 7 })));
		expect(renderDiff(compare(before, moved), from, to, plainTheme)).toMatch(/\nNo difference but in the layout; --layout shows it\.$/);
	});

	it('shows of a long value where it begins to differ', () => {
		const long = (end: string) => side([{ id: 'c', type: 'x', data: `${'a'.repeat(900)}${end}${'z'.repeat(900)}` }]);
		const line = renderDiff(compare(long('1'), long('2')), from, to, plainTheme)
			.split('\n')
			.at(-1) as string;
		expect(line).toMatch(/^ {6}data: …a{40}1z+… → …a{40}2z+…$/);
	});
});

const hostile = '\u001b[2J\u0007\r\n@everyone <img src=x> `](http://evil) ```';

describe.each([
	['text', (diff: ReturnType<typeof compare>) => renderDiff(diff, from, to, createTheme({ hasColors: () => true }))],
	['markdown', (diff: ReturnType<typeof compare>) => renderDiffMarkdown(diff, from, to)],
])('the %s', (format, render) => {
	it('lets nothing of the flows act where it is shown', () => {
		const flows = (more: string): FlowNode[] => [
			{ id: `t${hostile}`, type: 'tab', label: hostile + more },
			{
				id: hostile,
				type: hostile,
				z: `t${hostile}`,
				name: hostile,
				func: hostile + more,
				[hostile]: { [hostile]: more },
				wires: [[hostile + more]],
				g: more,
			},
		];
		const module = (version: string) => ({ name: hostile, version, types: [] });
		const text = render(
			compare(
				side(flows('1'), { palette: [module('1')] }),
				side(flows('2'), { palette: [module(hostile)], nodeRed: { version: hostile } }),
			),
		);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are the theme's own; nothing else may be there.
		expect(text.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
		if (format === 'text') return;
		const [prose = '', code] = splitFences(text);
		expect(code).toContain('<img');
		expect(prose).not.toMatch(/<(?!\/?sub>)|@|:\/\//);
	});
});

/** What stands outside and inside the fenced blocks; a fence ends only where one of its own length stands alone. */
function splitFences(text: string): [string, string] {
	const parts = { prose: [] as string[], code: [] as string[] };
	let fence: string | null = null;
	for (const line of text.split('\n')) {
		const mark: string | undefined = /^ *(`{3,})(?:diff)?$/.exec(line)?.[1];
		if (fence === null && mark) fence = mark;
		else if (fence !== null && mark === fence) fence = null;
		else parts[fence === null ? 'prose' : 'code'].push(line);
	}
	expect(fence).toBeNull();
	return [parts.prose.join('\n'), parts.code.join('\n')];
}

describe('renderDiffMarkdown', () => {
	it('shows code as a diff', () => {
		const text = renderDiffMarkdown(compare(before, after), from, to);
		expect(text).toMatch(/^### production \\\(release 3, 0123456789ab\\\) → the dev Node\\-RED \\\(fedcba987654\\\)\n\n2 nodes added, /);
		expect(text).toContain('\n- ➕ palette: node\\-red\\-contrib\\-modbus 5.43.0\n');
		expect(text).toContain(
			"\n**Flow Plant**\n\n- disabled: true\n- ✏️ function 'limit' <sub>f1</sub>\n  - func\n\n    ```diff\n    @@ -1 +1 @@\n",
		);
		expect(text).toContain('\n    -if (t > 70) node.warn("hot");\n    +if (t > 80) node.warn("hot");\n     return msg;\n    ```\n');
		expect(text).not.toContain('hunter2');
	});

	it('keeps within what a comment may have, and counts what it leaves out', () => {
		const many = side(Array.from({ length: 3000 }, (_, index) => ({ id: `n${index}`, type: 'debug', name: 'x'.repeat(40) })));
		const text = renderDiffMarkdown(compare(side([]), many), from, to);
		expect(text.length).toBeLessThan(65_536);
		expect(text).toMatch(/\n\d+ more parts left out for want of room\.\n$/);
	});
});
