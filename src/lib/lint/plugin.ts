import { FlowferryError } from '../errors/flowferry-error.ts';
import { checkTypes } from './catalogue/check-types.ts';
import type { NodeKnowledge } from './catalogue/knowledge.ts';
import { families } from './finding.ts';
import type { Rule } from './rule.ts';
import { ruleIds } from './rule-list.ts';

/** What a team adds to the lint by a module of its own. */
export interface LintPlugin {
	rules: readonly Rule[];
	types: readonly NodeKnowledge[];
}

export const noPlugin: LintPlugin = { rules: [], types: [] };

/**
 * Checks what a module exports as its default: `{ rules, types }`, either of which may be left out. Rules have the shape of our own;
 * types are entries as under `lint.types`.
 * @param from names the module in errors
 * @throws FlowferryError LINT_PLUGIN_INVALID, LINT_TYPES_INVALID
 */
export function checkPlugin(content: unknown, from: string): LintPlugin {
	if (typeof content !== 'object' || content === null) throw invalid(from, 'exports no object as its default');
	const { rules = [], types = [], ...rest } = content as { rules?: unknown; types?: unknown };
	const [unknown] = Object.keys(rest);
	if (unknown !== undefined) throw invalid(from, `exports '${unknown}', which is neither rules nor types`);
	if (!Array.isArray(rules)) throw invalid(from, 'exports rules that are no list');
	if (!Array.isArray(types)) throw invalid(from, 'exports types that are no list');
	return { rules: rules.map((rule, index) => checkRule(rule, index, from)), types: checkTypes(types, `${from}: types`) };
}

/** Several plugins as one. @throws FlowferryError LINT_PLUGIN_INVALID where two have a rule of the same id */
export function mergePlugins(plugins: readonly LintPlugin[]): LintPlugin {
	const rules = plugins.flatMap((plugin) => plugin.rules);
	const ids = rules.map(({ id }) => id);
	const twice = rules.find(({ id }, index) => ids.indexOf(id) < index);
	if (twice) throw invalid(twice.from ?? '', `has a rule ${twice.id}, which there is already`);
	return { rules, types: plugins.flatMap(({ types }) => types) };
}

function checkRule(rule: unknown, index: number, from: string): Rule {
	const { id, family, summary, check, docs, ...rest } = (rule ?? {}) as Record<string, unknown>;
	const where = typeof id === 'string' ? `rule ${id}` : `rule with index ${index}`;
	const fail = (problem: string) => invalid(from, `has a ${where} ${problem}`);
	if (typeof id !== 'string' || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id))
		throw fail('whose id is not of the form team/what-it-finds');
	if (ruleIds.includes(id)) throw fail('that there is already');
	if (!families.includes(family as never)) throw fail(`whose family is none of ${families.join(', ')}`);
	if (typeof summary !== 'string' || summary === '') throw fail('without a summary');
	if (typeof check !== 'function') throw fail('without a function check');
	if (docs !== undefined && typeof docs !== 'string') throw fail('whose docs are no text');
	const [unknown] = Object.keys(rest);
	if (unknown !== undefined) throw fail(`with a key '${unknown}' that means nothing`);
	return { ...(rule as Rule), from };
}

function invalid(from: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'LINT_PLUGIN_INVALID',
		message: `The plugin ${from} ${problem}`,
		hint: "docs/guides/lint.md, 'Rules of your own', shows what a plugin exports.",
	});
}
