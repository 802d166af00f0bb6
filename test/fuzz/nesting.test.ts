import { createRandom } from '../../bench/flows/random.ts';
import { checkInvariants } from './invariants.ts';

const depths = [100, 499, 10_000, 100_000];
const shapes: [string, (depth: number) => string][] = [
	['arrays', (depth) => '['.repeat(depth) + ']'.repeat(depth)],
	['objects', (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
];
const places: [string, (value: string) => string][] = [
	['a property', (value) => `[{"id":"a","type":"inject","z":"t","payload":${value}}]`],
	['wires', (value) => `[{"id":"a","type":"inject","repeat":"1","wires":${value}}]`],
	['rules', (value) => `[{"id":"a","type":"change","rules":${value},"wires":[["a"]]}]`],
	['the file', (value) => value],
];

describe.each(shapes)('deep nesting of %s', (_shape, nest) => {
	it.each(places)('in %s exhausts no stack', (_place, put) => {
		for (const depth of depths) expect(['linted', 'refused']).toContain(checkInvariants(put(nest(depth)), createRandom(depth)));
	});
});

describe('a chain', () => {
	it.each([
		['wires', 12_000, (index: number) => ({ type: 'change', wires: [[`n${index + 1}`]] })],
		[
			'links',
			6000,
			(index: number) => ({ type: index % 2 ? 'link in' : 'link out', links: [`n${index + 1}`], wires: [[`n${index + 1}`]] }),
		],
		['subflows in subflows', 3000, (index: number) => ({ type: `subflow:n${index + 1}`, z: `n${index - 1}`, wires: [] })],
		['config nodes', 6000, (index: number) => ({ type: 'config', next: `n${index + 1}` })],
	])('of %s, thousands long, exhausts no stack', (_name, length, make) => {
		const nodes: object[] = [
			{ id: 't', type: 'tab' },
			{ id: 's', type: 'inject', z: 't', repeat: '1', wires: [['n0']], uses: 'n0' },
		];
		for (let index = 0; index < length; index++) nodes.push({ id: `n${index}`, z: 't', x: 1, y: 1, ...make(index) });
		expect(checkInvariants(JSON.stringify(nodes), createRandom(1))).toBe('linted');
	});

	it('of subflows that hold instances of the next, or of themselves, ends', () => {
		const nested = Array.from({ length: 400 }, (_, index) => [
			{ id: `s${index}`, type: 'subflow', in: [{ wires: [{ id: `i${index}` }] }], out: [{ wires: [{ id: `i${index}`, port: 0 }] }] },
			{ id: `i${index}`, type: `subflow:s${index + 1}`, z: `s${index}`, x: 1, y: 1, wires: [[]] },
			{ id: `j${index}`, type: `subflow:s${index + 1}`, z: `s${index}`, x: 1, y: 1, wires: [[]] },
			{ id: `k${index}`, type: 'inject', repeat: '1', z: `s${index}`, x: 1, y: 1, wires: [[`i${index}`]] },
		]).flat();
		const start = { id: 'start', type: 'subflow:s0', x: 1, y: 1, wires: [['start']] };
		const own = [
			{ id: 'o', type: 'subflow', in: [{ wires: [{ id: 'oi' }] }], out: [{ wires: [{ id: 'o', port: 0 }] }] },
			{ id: 'oi', type: 'subflow:o', z: 'o', x: 1, y: 1, wires: [['oi']] },
			{ id: 'oo', type: 'subflow:o', x: 1, y: 1, wires: [['oo']] },
		];
		expect(checkInvariants(JSON.stringify([...nested, start, ...own]), createRandom(1))).toBe('linted');
	});
});
