import type { RuleFacts } from './rule.ts';
import { rules } from './rules/index.ts';
import { suppressionRules } from './suppression-rules.ts';

/** Every rule that settings and suppressions may name, by id: those that judge flows, and those that judge suppressions. */
export const ruleList: readonly RuleFacts[] = [...rules, ...suppressionRules].sort((a, b) => Number(a.id > b.id) - Number(a.id < b.id));

export const ruleIds: readonly string[] = ruleList.map(({ id }) => id);
