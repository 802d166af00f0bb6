import { readFileSync } from 'node:fs';
import { ruleIds } from '../../../src/lib/lint/rule-list.ts';
import { severitiesOfPage } from '../../../src/lib/lint/rule-page.ts';
import { renderRuleList, renderRulePage } from '../../../src/lib/ui/render-rules.ts';
import { createTheme, plainTheme } from '../../../src/lib/ui/theme.ts';

const page = `# a-rule

What **it** is. Family: \`timers\`.

- **hot-spare**: **warning**, or **error** where \`x\`.
- **load-balanced**: no finding.

| \`a\` | b |

\`\`\`json
{ "a": "**b**" }
\`\`\`
`;

describe('severitiesOfPage', () => {
	it('reads what a page says of each mode, the gravest first', () => {
		expect(severitiesOfPage(page)).toEqual({ 'hot-spare': ['error', 'warning'], 'load-balanced': [] });
	});

	it('follows a reference to the other mode', () => {
		expect(severitiesOfPage('- **hot-spare**: **info**.\n- **load-balanced**: the same, at every restart.')).toEqual({
			'hot-spare': ['info'],
			'load-balanced': ['info'],
		});
	});

	it.each(ruleIds)('finds a severity in the page of %s', (id) => {
		const text = readFileSync(new URL(`../../../docs/rules/${id}.md`, import.meta.url), 'utf8');
		expect(Object.values(severitiesOfPage(text)).flat().length).toBeGreaterThan(0);
	});
});

describe('the views of rules', () => {
	it('lists them by family, with the gravest severity of each mode', () => {
		const rule = { id: 'a-rule', family: 'timers' as const, summary: 'It is one', severities: severitiesOfPage(page) };
		expect(renderRuleList([rule], plainTheme)).toBe(
			'  RULE    HOT-SPARE  BALANCED  SUMMARY\ntimers\n  a-rule  error      -         It is one',
		);
	});

	it('show a page without the marks of Markdown, but for tables and code', () => {
		expect(renderRulePage(page, plainTheme)).toBe(
			[
				'a-rule',
				'',
				'What it is. Family: timers.',
				'',
				'- hot-spare: warning, or error where x.',
				'- load-balanced: no finding.',
				'',
				'| `a` | b |',
				'',
				'    { "a": "**b**" }',
			].join('\n'),
		);
		expect(renderRulePage(page, createTheme({ hasColors: () => true }))).toContain(`${String.fromCharCode(27)}[33mwarning`);
	});
});
