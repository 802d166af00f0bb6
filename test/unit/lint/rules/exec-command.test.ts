import { execCommand } from '../../../../src/lib/lint/rules/exec-command.ts';
import { button, node, source, tab, testRule } from '../judge.ts';

testRule(execCommand, {
	fires: [
		{
			name: 'on a command',
			flows: [tab, source('n'), node('n', 'exec', { command: 'vcgencmd measure_temp', useSpawn: 'false' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
			says: ['"vcgencmd"'],
		},
		{
			name: 'on a program that runs on',
			flows: [tab, source('n'), node('n', 'exec', { command: 'ffmpeg', useSpawn: 'true' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
			says: ['may go on running'],
		},
		{
			name: 'on a command that the message brings',
			flows: [tab, source('n'), node('n', 'exec', { command: '' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'info']],
		},
		{
			name: 'on a daemon, which starts by itself',
			flows: [tab, node('n', 'daemon', { command: 'mosquitto' })],
			balanced: [['n', 'warning']],
			spare: [['n', 'warning']],
		},
	],
	dontFire: [
		{ name: 'where only a person can reach it', flows: [tab, button('n'), node('n', 'exec', { command: 'reboot' })] },
		{ name: 'on what runs elsewhere', flows: [tab, source('n'), node('n', 'http request')] },
	],
});
