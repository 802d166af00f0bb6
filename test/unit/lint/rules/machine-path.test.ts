import { machinePath } from '../../../../src/lib/lint/rules/machine-path.ts';
import { node, tab, testRule } from '../judge.ts';

const at = (id: string) => ({ balanced: [[id, 'info']] as [string, string][], spare: [[id, 'info']] as [string, string][] });

testRule(machinePath, {
	fires: [
		{
			name: "on a person's home",
			flows: [tab, node('n', 'file', { filename: '/home/pi/plant.log', filenameType: 'str' })],
			...at('n'),
			says: ['/home/pi/plant.log'],
		},
		{ name: 'on a drive', flows: [tab, node('n', 'file in', { filename: 'C:\\plant\\a.csv' })], ...at('n') },
		{
			name: 'in a command',
			flows: [tab, node('n', 'exec', { command: 'python3 /root/run.py --now' })],
			...at('n'),
			says: ['/root/run.py'],
		},
		{
			name: 'once for a home',
			flows: [tab, node('n', 'file', { filename: '/home/pi/a' }), node('m', 'watch', { files: '/home/pi/b' })],
			...at('n'),
			says: ['2 nodes'],
		},
	],
	dontFire: [
		{ name: 'on a path that may be a volume', flows: [tab, node('n', 'file', { filename: '/data/plant.log' })] },
		{ name: 'on a path that the message brings', flows: [tab, node('n', 'file', { filename: '/home/pi/x', filenameType: 'msg' })] },
		{ name: 'on other nodes', flows: [tab, node('n', 'debug', { filename: '/home/pi/x' })] },
	],
});
