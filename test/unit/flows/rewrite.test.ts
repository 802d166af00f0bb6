import { rewriteFlows } from '../../../src/lib/flows/rewrite.ts';

const changes = new Map([['a', { topic: 'new', gone: undefined }]]);
const node = { id: 'a', type: 'mqtt in', topic: 'old', gone: 1, wires: [['b']] };
const after = { id: 'a', type: 'mqtt in', topic: 'new', wires: [['b']] };

describe('rewriteFlows', () => {
	it.each([
		['four spaces, as Node-RED writes it', 4],
		['tabs', '\\t'],
		['one line', undefined],
	])('keeps the layout of a file with %s', (_name, indent) => {
		const text = (nodes: unknown[]) => JSON.stringify(nodes, null, indent === '\\t' ? '\t' : indent);
		const others = [{ id: 'b', type: 'x', nodes: [{ id: 'a' }], n: 1.5, s: '\u2028é' }];
		expect(rewriteFlows(text([node, ...others]), changes)).toBe(text([after, ...others]));
	});

	it('keeps a byte order mark and the end of the file', () => {
		expect(rewriteFlows(`\uFEFF${JSON.stringify([node])}\n`, changes)).toBe(`\uFEFF${JSON.stringify([after])}\n`);
	});

	it.each([
		['the body of the admin API', { flows: [node], rev: '1' }, { flows: [after], rev: '1' }],
		['a single flow', { id: 't', nodes: [node], configs: [] }, { id: 't', nodes: [after], configs: [] }],
		[
			'a subflow in one',
			{ id: 'global', subflows: [{ id: 's', type: 'subflow', nodes: [node] }] },
			{ id: 'global', subflows: [{ id: 's', type: 'subflow', nodes: [after] }] },
		],
	])('knows %s', (_name, content, expected) => {
		expect(JSON.parse(rewriteFlows(JSON.stringify(content), changes))).toEqual(expected);
	});
});
