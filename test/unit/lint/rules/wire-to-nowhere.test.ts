import { wireToNowhere } from '../../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { node, source, tab, testRule } from '../judge.ts';

testRule(wireToNowhere, {
	fires: [
		{
			name: 'on a wire',
			flows: [tab, node('n', 'json', {}, 'gone')],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['"gone"'],
		},
		{
			name: 'on a link',
			flows: [tab, node('n', 'link out', { links: ['gone', 'lost'] })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['"gone" and "lost"'],
		},
	],
	dontFire: [
		{ name: 'on wires that arrive', flows: [tab, source('n'), node('n', 'debug')] },
		{ name: 'on malformed wires', flows: [tab, { ...node('n', 'json'), wires: ['x', null] as unknown as string[][] }] },
		{ name: 'on the far end of a link', flows: [tab, node('n', 'link in', { links: ['gone'] })] },
		{ name: 'on a link that returns', flows: [tab, node('n', 'link out', { mode: 'return', links: ['gone'] })] },
	],
});
