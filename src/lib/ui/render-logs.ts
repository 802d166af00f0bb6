import type { LogLine } from '../targets/logs.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** A line of a log, behind the instance that wrote it. */
export function renderLogLine(line: LogLine, theme: Theme): string {
	const instance = theme.dim(line.instance.padEnd('green/10'.length));
	if (line.from === 'node-red') return `${instance} ${dress(printable(line.text), theme)}`;
	const facts = Object.entries(line.facts).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
	return `${instance} ${theme.info(`${line.time} ${printable(line.event)}`)} ${theme.dim(printable(facts.join(' ')))}`.trimEnd();
}

/** Node-RED's own words for how grave a line is. */
function dress(text: string, theme: Theme): string {
	if (/ - \[(?:error|fatal)\]/.test(text)) return theme.error(text);
	return / - \[warn\]/.test(text) ? theme.warning(text) : text;
}
