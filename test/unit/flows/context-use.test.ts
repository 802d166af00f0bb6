import { contextUsesOf, isSameKey, rootOf } from '../../../src/lib/flows/context-use.ts';
import { findExpressionReads } from '../../../src/lib/flows/jsonata-reads.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';

function uses(node: Partial<FlowNode>): string[] {
	return contextUsesOf({ id: 'n', type: 'x', ...node }, undefined).map(
		({ kind, scope, key, store }) => `${kind} ${scope}.${key ?? '?'}${store === null ? '' : ` @${store}`}`,
	);
}

describe('contextUsesOf', () => {
	it.each<[string, Partial<FlowNode>, string[]]>([
		[
			'a change node that sets',
			{ type: 'change', rules: [{ t: 'set', p: 'a', pt: 'flow', to: 'b', tot: 'global' }] },
			['read global.b', 'write flow.a'],
		],
		[
			'a change node that sets from itself',
			{ type: 'change', rules: [{ t: 'set', p: 'a.b', pt: 'flow', to: 'a', tot: 'flow' }] },
			['read flow.a', 'update flow.a.b'],
		],
		[
			'a change node that moves',
			{ type: 'change', rules: [{ t: 'move', p: 'a', pt: 'flow', to: 'b', tot: 'global' }] },
			['read flow.a', 'write flow.a', 'write global.b'],
		],
		['a change node that deletes', { type: 'change', rules: [{ t: 'delete', p: 'a', pt: 'global' }] }, ['write global.a']],
		['a change node on messages', { type: 'change', rules: [{ t: 'set', p: 'a', pt: 'msg', to: 'x', tot: 'str' }] }, []],
		['a named store', { type: 'change', rules: [{ t: 'set', p: '#:(disk)::a', pt: 'flow', to: '1', tot: 'num' }] }, ['write flow.a @disk']],
		[
			'a switch',
			{
				type: 'switch',
				property: 'a',
				propertyType: 'flow',
				rules: [
					{ t: 'eq', v: 'b', vt: 'global' },
					{ t: 'btwn', v: '1', vt: 'num', v2: 'c', v2t: 'flow' },
				],
			},
			['read flow.a', 'read global.b', 'read flow.c'],
		],
		['an inject', { type: 'inject', props: [{ p: 'payload', v: 'a', vt: 'global' }] }, ['read global.a']],
		['an inject of old', { type: 'inject', payload: 'a', payloadType: 'flow' }, ['read flow.a']],
		['any typed property', { type: 'some-node', limit: 'a', limitType: 'flow' }, ['read flow.a']],
		[
			'a template',
			{ type: 'template', template: '{{payload}} {{flow.a}} {{{global[disk].b.c}}}' },
			['read flow.a', 'read global.b.c @disk'],
		],
	])('%s', (_name, node, expected) => {
		expect(uses(node)).toEqual(expected);
	});
});

describe('findExpressionReads', () => {
	it.each<[string, string[]]>([
		['$flowContext(\'a\') + $globalContext("b")', ['flow.a', 'global.b']],
		["$sum($map(items, function($i) { $i.price * $globalContext('rate') }))", ['global.rate']],
		['$flowContext(topic)', ['flow.?']],
		["$flowContext('a', 'disk')", ['flow.a@disk']],
		["payload /* $flowContext('a') */", []],
		["'$flowContext(\\'a\\')'", []],
		["$flowContext('a' +", []],
		['payload.x', []],
	])('%s', (expression, expected) => {
		const reads = findExpressionReads(expression).map(
			({ scope, key, store }) => `${scope}.${key ?? '?'}${store === null ? '' : `@${store}`}`,
		);
		expect(reads.sort()).toEqual(expected);
	});
});

it('keys are the same where one holds the other', () => {
	const key = (text: string | null) => ({ scope: 'flow' as const, key: text, store: null });
	expect([
		isSameKey(key('a'), key('a.b')),
		isSameKey(key('a[0]'), key('a')),
		isSameKey(key('a'), key('ab')),
		isSameKey(key(null), key('x')),
	]).toEqual([true, true, false, true]);
	expect([rootOf('a.b[0]'), rootOf('a[0]'), rootOf('a')]).toEqual(['a', 'a', 'a']);
});
