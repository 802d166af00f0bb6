import { families } from '../lint/finding.ts';
import type { RuleFacts } from '../lint/rule.ts';
import type { SeveritiesByMode } from '../lint/rule-page.ts';
import type { Theme } from './theme.ts';

export interface ListedRule extends RuleFacts {
	severities: SeveritiesByMode;
}

/** All rules by family, each with its gravest severity in the two modes. */
export function renderRuleList(rules: readonly ListedRule[], theme: Theme): string {
	const width = Math.max(...rules.map(({ id }) => id.length));
	const head = theme.dim(`  ${'RULE'.padEnd(width)}  HOT-SPARE  BALANCED  SUMMARY`);
	const blocks = families.flatMap((family) => {
		const members = rules.filter((rule) => rule.family === family);
		return members.length === 0 ? [] : [[theme.strong(family), ...members.map((rule) => renderLine(rule, width, theme))].join('\n')];
	});
	return [head, ...blocks].join('\n');
}

function renderLine({ id, summary, severities }: ListedRule, width: number, theme: Theme): string {
	const cell = (mode: keyof SeveritiesByMode, columns: number): string => {
		const [gravest] = severities[mode];
		return gravest ? theme[gravest](gravest.padEnd(columns)) : theme.dim('-'.padEnd(columns));
	};
	return `  ${id.padEnd(width)}  ${cell('hot-spare', 9)}  ${cell('load-balanced', 8)}  ${summary}`;
}

/** A page of ours for the terminal: headings, emphasis and code stand out, everything else is as it is written. */
export function renderRulePage(page: string, theme: Theme): string {
	let inCode = false;
	const lines = page
		.trimEnd()
		.split('\n')
		.flatMap((line) => {
			if (line.startsWith('```')) {
				inCode = !inCode;
				return [];
			}
			if (inCode) return [`    ${line}`];
			const heading = /^#+ (.*)$/.exec(line);
			return [heading ? theme.strong(heading[1] as string) : renderInline(line, theme)];
		});
	return lines.join('\n');
}

function renderInline(line: string, theme: Theme): string {
	// In a table, marks taken out would move the columns.
	if (line.startsWith('|')) return line;
	return line.replace(/\*\*(error|warning|info)\*\*|\*\*([^*]+)\*\*|`([^`]+)`/g, (_match, severity, strong, code) => {
		if (severity) return theme[severity as 'error' | 'warning' | 'info'](severity);
		return strong ? theme.strong(strong) : theme.good(code);
	});
}
