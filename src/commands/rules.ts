import { Args } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { readRulePage } from '../lib/adapters/rule-pages.ts';
import { nearest } from '../lib/config/nearest.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { ruleIds, ruleList } from '../lib/lint/rule-list.ts';
import { severitiesOfPage } from '../lib/lint/rule-page.ts';
import type { ListedRule } from '../lib/ui/render-rules.ts';
import { renderRuleList, renderRulePage } from '../lib/ui/render-rules.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** A rule in `--json`; `page` is Markdown, and only there where one rule is asked for. */
export interface RuleAnswer extends ListedRule {
	docs: string;
	page?: string;
}

export default class Rules extends BaseCommand<typeof Rules> {
	static override summary = 'List the rules of the lint, or explain one';

	static override examples = [
		{ description: 'All rules, with their severities in the two modes', command: '<%= config.bin %> rules' },
		{ description: 'What one finds, why it matters and what to do', command: '<%= config.bin %> rules fixed-client-id' },
	];

	static override args = {
		rule: Args.string({ description: "A rule's id", ignoreStdin: true }),
	};

	async run(): Promise<{ rules: RuleAnswer[] } | { rule: RuleAnswer }> {
		const theme = createTheme(process.stdout);
		const asked = this.args.rule;
		if (asked === undefined) {
			const answers = await Promise.all(ruleIds.map((id) => describeRule(id)));
			this.log(renderRuleList(answers, theme));
			return { rules: answers.map(({ page: _, ...answer }) => answer) };
		}
		const rule = await describeRule(asked);
		this.log(renderRulePage(rule.page, theme));
		return { rule };
	}
}

/** @throws FlowferryError RULE_UNKNOWN */
async function describeRule(id: string): Promise<RuleAnswer & { page: string }> {
	const facts = ruleList.find((rule) => rule.id === id);
	if (facts === undefined) {
		const meant = nearest(id, ruleIds);
		throw new FlowferryError({
			code: 'RULE_UNKNOWN',
			message: `There is no rule ${id}`,
			hint: meant === undefined ? 'See them all with `flowferry rules`.' : `Did you mean ${meant}?`,
		});
	}
	const page = await readRulePage(id);
	const { family, summary } = facts;
	return { id, family, summary, severities: severitiesOfPage(page), docs: `docs/rules/${id}.md`, page };
}
