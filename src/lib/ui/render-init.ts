import { basename } from 'node:path';
import type { Initialised } from '../config/initialise.ts';
import type { Theme } from './theme.ts';

/** What was written, and what to do next. */
export function renderInitialised({ written }: Initialised, configFlag: string, theme: Theme): string {
	const option = configFlag === 'flowferry.yaml' ? '' : ` --config ${configFlag}`;
	const steps = [
		[`flowferry snapshot${option}`, 'take a snapshot of the dev Node-RED'],
		[`flowferry plan${option}`, 'see what a promotion would do, and what it would cost'],
		[`flowferry promote${option}`, 'carry the snapshot to the environment'],
	];
	const width = Math.max(...steps.map(([command]) => command!.length));
	return [
		...written.map((path) => `${theme.good('Wrote')} ${basename(path) === '.gitignore' ? `${path} (.flowferry/ is ignored)` : path}`),
		'',
		'Next:',
		...steps.map(([command, purpose]) => `  ${theme.strong(command!.padEnd(width))}  ${purpose}`),
	].join('\n');
}
