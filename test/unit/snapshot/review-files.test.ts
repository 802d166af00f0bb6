import fc from 'fast-check';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { FileNames, safeFileName } from '../../../src/lib/snapshot/file-names.ts';
import { reviewFiles } from '../../../src/lib/snapshot/review-files.ts';
import { sampleSnapshot } from '../../support/snapshots.ts';

const review = (flows: FlowNode[]) => {
	const snapshot = sampleSnapshot();
	return reviewFiles({ ...snapshot, content: { ...snapshot.content, flows } });
};

describe('files for review', () => {
	const flows: FlowNode[] = [
		{ id: 't1', type: 'tab', label: 'Plant / north' },
		{ id: 's1', type: 'subflow', name: 'Average' },
		{ id: 'b1', type: 'mqtt-broker', name: 'plant' },
		{ id: 'f1', type: 'function', z: 't1', name: 'limit', func: 'if (a)\n  return b;', x: 10, y: 20, wires: [[]] },
		{ id: 'f2', type: 'function', z: 't1', name: 'limit', func: 'return msg;', initialize: '', wires: [[]] },
		{ id: 'm1', type: 'template', z: 's1', template: 'Dear {{name}},\n', wires: [[]] },
		{ id: 'm2', type: 'template', z: 's1', template: 'short', wires: [[]] },
	];
	const files = review(flows);

	it('are one for each tab and subflow, one for config nodes, and code and texts by themselves', () => {
		expect([...files.keys()].sort()).toEqual([
			'ABOUT.txt',
			'Plant - north.json',
			'Plant - north/limit.func (f1).js',
			'Plant - north/limit.func (f2).js',
			'config nodes.json',
			'subflow Average.json',
			'subflow Average/template.template.txt',
		]);
		expect(files.get('Plant - north/limit.func (f1).js')).toBe('if (a)\n  return b;\n');
		expect(files.get('subflow Average/template.template.txt')).toBe('Dear {{name}},\n');
	});

	it('leave out where nodes stand, and name the file of what is elsewhere', () => {
		const [tab, first] = JSON.parse(files.get('Plant - north.json')!);
		expect(tab).toEqual(flows[0]);
		expect(first).toEqual({
			id: 'f1',
			type: 'function',
			z: 't1',
			name: 'limit',
			func: '→ Plant - north/limit.func (f1).js',
			wires: [[]],
		});
	});

	it('say which snapshot they are of', () => {
		expect(files.get('ABOUT.txt')).toContain(
			`Snapshot ${sampleSnapshot().id}\n2026-01-02T03:04:05.000Z by Ada <ada@example.org>\n\nfirst light\n`,
		);
	});

	it('hold every node once', () => {
		const nodes = [...files].flatMap(([path, text]) => (path.endsWith('.json') ? JSON.parse(text) : []));
		expect(nodes.map(({ id }: FlowNode) => id).sort()).toEqual(flows.map(({ id }) => id).sort());
	});

	it('are there for nodes on a flow that is not there, and for no flows at all', () => {
		expect([...review([{ id: 'n', type: 'debug', z: 'gone' }]).keys()]).toEqual(['ABOUT.txt', 'config nodes.json']);
		expect([...review([]).keys()]).toEqual(['ABOUT.txt']);
	});
});

describe('file names', () => {
	it.each([
		['Flow 1', 'Flow 1'],
		['../../etc/passwd', 'etc-passwd'],
		['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
		['', 'unnamed'],
		['...', 'unnamed'],
		['CON', '_CON'],
		['nul.txt', '_nul.txt'],
		['end. . ', 'end'],
		['Messgerät 😀 测试', 'Messgerät 😀 测试'],
		['Messgera\u0308t', 'Messgerät'],
		['a\u0000b\u202ec\nd', 'a-b-c-d'],
		['.git', 'git'],
	])('of %j is %j', (label, name) => expect(safeFileName(label)).toBe(name));

	it('are short enough for every file system, and cut no character in two', () => {
		expect(safeFileName('😀'.repeat(500))).toBe('😀'.repeat(25));
	});

	it('differ where labels do not, also where only case differs', () => {
		const names = new FileNames();
		names.claim([
			{ key: 'a', label: 'Plant' },
			{ key: 'b', label: 'plant' },
			{ key: 'c', label: 'Plant (a)' },
		]);
		expect(['a', 'b', 'c'].map((key) => names.of(key))).toEqual(['Plant (a)', 'plant (b)', 'Plant (a) 2']);
	});

	it('are distinct and safe, whatever the labels', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), (labels) => {
				const names = new FileNames();
				names.claim(labels.map((label, index) => ({ key: String(index), label })));
				const given = labels.map((_, index) => names.of(String(index)));
				expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(labels.length);
				for (const name of given) {
					expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}]|^\.|[. ]$|^(con|prn|aux|nul)(\.|$)/iu);
					expect(Buffer.byteLength(name)).toBeLessThan(230);
				}
			}),
		);
	});
});
