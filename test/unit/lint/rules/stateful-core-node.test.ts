import { statefulCoreNode } from '../../../../src/lib/lint/rules/stateful-core-node.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

const judged = (type: string, properties: Record<string, unknown> = {}) => [
	tab,
	source('n'),
	node('n', type, properties, 'd'),
	node('d', 'debug'),
];
const both = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(statefulCoreNode, {
	fires: [
		{ name: 'on a rate limit', flows: judged('delay', { pauseType: 'rate' }), ...both },
		{ name: 'on a trigger', flows: judged('trigger'), ...both },
		{ name: 'on a filter', flows: judged('rbe'), ...both },
		{ name: 'on a batch', flows: judged('batch', { mode: 'count' }), ...both },
		{ name: 'on a join that counts', flows: judged('join', { mode: 'custom', count: '3' }), ...both },
		{ name: 'on a split of a stream', flows: judged('split', { stream: true }), ...both },
		{ name: 'on a switch that looks at the previous value', flows: judged('switch', { rules: [{ t: 'neq', vt: 'prev' }] }), ...both },
		{
			name: 'on a header that is sent once',
			flows: judged('csv', { hdrout: 'once' }),
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
		},
		{
			name: 'on a delay that a message can cancel',
			flows: [
				tab,
				source('n', 'set'),
				node('set', 'change', { rules: [{ t: 'set', p: 'reset', pt: 'msg', to: 'true', tot: 'bool' }] }, 'n'),
				node('n', 'delay', { pauseType: 'delay' }, 'd'),
				node('d', 'debug'),
			],
			...both,
		},
		{
			name: 'on a delay that code can cancel',
			flows: [
				tab,
				source('n', 'set'),
				node('set', 'function', { func: 'msg.reset = true;\nreturn msg;' }, 'n'),
				node('n', 'delay', { pauseType: 'delay' }, 'd'),
				node('d', 'debug'),
			],
			...both,
		},
		{
			name: 'on a join that a split feeds, but not alone',
			flows: [
				tab,
				source('split', 'n'),
				node('split', 'split', {}, 'n'),
				node('n', 'join', { mode: 'custom', count: '2' }, 'd'),
				node('d', 'debug'),
			],
			...both,
		},
		{
			name: 'behind an inject that fires at the start',
			flows: [tab, node('s', 'inject', { once: true }, 'n'), node('n', 'trigger', {}, 'd'), node('d', 'debug')],
			...both,
		},
		{
			name: 'behind code that sends in On Start',
			flows: [
				tab,
				node('f', 'function', { func: '', initialize: 'node.send({});' }, 'n'),
				node('n', 'trigger', {}, 'd'),
				node('d', 'debug'),
			],
			...both,
		},
		{
			name: 'behind links and subflows',
			flows: [
				tab,
				source('lo'),
				node('lo', 'link out', { links: ['li'] }),
				node('li', 'link in', { links: ['lo'] }, 'inst'),
				{ id: 'sub', type: 'subflow', name: 'S', in: [{ wires: [{ id: 'inner' }] }], out: [{ wires: [{ id: 'inner', port: 0 }] }] },
				{ ...node('inner', 'json'), z: 'sub' },
				node('inst', 'subflow:sub', {}, 'n'),
				node('n', 'trigger', {}, 'd'),
				node('d', 'debug'),
			],
			...both,
		},
	],
	dontFire: [
		{ name: 'where nothing hears it', flows: [tab, source('n'), node('n', 'trigger')] },
		{ name: 'on a plain delay of each message', flows: judged('delay', { pauseType: 'delay', timeout: '1' }) },
		{ name: 'on an automatic join', flows: judged('join', { mode: 'auto' }) },
		{
			name: 'on a join by hand that only a split feeds',
			flows: [
				tab,
				source('split'),
				node('split', 'split', {}, 'n'),
				node('n', 'join', { mode: 'custom', count: '2' }, 'd'),
				node('d', 'debug'),
			],
		},
		{ name: 'on a sort inside one message', flows: judged('sort', { targetType: 'msg' }) },
		{ name: 'on a split of whole messages', flows: judged('split', { stream: false }) },
		{ name: 'where only a person can reach it', flows: [tab, button('n'), node('n', 'trigger', {}, 'd'), node('d', 'debug')] },
		{ name: 'where nothing reaches it', flows: [tab, node('n', 'trigger', {}, 'd'), node('d', 'debug')] },
		{
			name: 'where only a disabled source reaches it',
			flows: [tab, { ...source('n'), d: true }, node('n', 'trigger', {}, 'd'), node('d', 'debug')],
		},
		{
			name: 'where the way there is disabled',
			flows: [tab, source('mid'), { ...node('mid', 'json', {}, 'n'), d: true }, node('n', 'trigger', {}, 'd'), node('d', 'debug')],
		},
	],
});
