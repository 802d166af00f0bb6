import { lint } from '../../../../src/lib/lint/engine.ts';
import { unknownNodeType } from '../../../../src/lib/lint/rules/unknown-node-type.ts';
import { node, source, tab, testRule } from '../judge.ts';

testRule(unknownNodeType, {
	fires: [
		{
			name: 'once for a type',
			flows: [tab, source('a'), node('a', 'acme-counter', {}, 'b'), node('b', 'acme-counter')],
			balanced: [['a', 'info']],
			spare: [['a', 'info']],
			says: ['"acme-counter"', '2 nodes'],
		},
	],
	dontFire: [
		{ name: 'on types of the catalogue', flows: [tab, source('a'), node('a', 'smooth', {}, 'b'), node('b', 'mqtt out')] },
		{
			name: 'on instances of subflows',
			flows: [tab, source('a'), node('a', 'subflow:s'), { id: 's', type: 'subflow', name: 'S', in: [], out: [] }],
		},
	],
});

it("is quiet about a team's own types", () => {
	const flows = [tab, source('a'), node('a', 'acme-counter')];
	const types = [{ types: ['acme-counter'], module: 'acme' }];
	expect(lint(flows, { mode: 'hot-spare', rules: [unknownNodeType], types }).findings).toEqual([]);
});

it('names the other nodes of the type', () => {
	const flows = [tab, node('a', 'acme'), node('b', 'acme', { name: 'B' })];
	expect(lint(flows, { mode: 'hot-spare', rules: [unknownNodeType] }).findings[0]?.related).toEqual([
		{ nodeId: 'b', nodeName: 'B', why: 'of the same type' },
	]);
});
