import { localFile } from '../../../../src/lib/lint/rules/local-file.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

testRule(localFile, {
	fires: [
		{
			name: 'on a file that is written',
			flows: [tab, source('n'), node('n', 'file', { filename: '/data/log.csv', filenameType: 'str' })],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['/data/log.csv'],
		},
		{
			name: 'on a file that is read',
			flows: [tab, source('n'), node('n', 'file in', { filename: 'x.json' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
		},
		{
			name: 'without naming what the message names',
			flows: [tab, source('n'), node('n', 'file in', { filename: 'payload', filenameType: 'msg' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
		},
		{
			name: 'on a folder that is watched',
			flows: [tab, node('n', 'watch', { files: '/in' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
		},
		{ name: 'on SQLite', flows: [tab, source('n'), node('n', 'sqlite')], balanced: [['n', 'error']], spare: [['n', 'warning']] },
	],
	dontFire: [
		{ name: 'where nothing reaches it', flows: [tab, node('n', 'file', { filename: 'x' })] },
		{ name: 'where only a person can reach it', flows: [tab, button('n'), node('n', 'file', { filename: 'x' })] },
		{ name: 'on a database server', flows: [tab, source('n'), node('n', 'postgresql')] },
	],
});
