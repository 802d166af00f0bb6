import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { families } from '../../../src/lib/lint/finding.ts';
import { ruleIds, ruleList } from '../../../src/lib/lint/rule-list.ts';
import { rules } from '../../../src/lib/lint/rules/index.ts';

const root = new URL('../../../', import.meta.url);

/** Names in a folder that end so, without the ending; an index is no rule. */
function namesIn(folder: string, ending: string): string[] {
	return readdirSync(new URL(folder, root))
		.filter((name) => name.endsWith(ending) && name !== 'index.ts')
		.map((name) => name.slice(0, -ending.length))
		.sort();
}

describe('rules', () => {
	const ids = rules.map((rule) => rule.id);

	it('have ids of their own, in kebab case, by name', () => {
		expect(ids).toEqual([...new Set(ids)].sort());
		for (const id of ids) expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
	});

	it('are each a source, a test and a page, and nothing of these is left over', () => {
		expect(namesIn('src/lib/lint/rules/', '.ts')).toEqual(ids);
		expect(namesIn('test/unit/lint/rules/', '.test.ts')).toEqual(ids);
		expect(namesIn('docs/rules/', '.md')).toEqual(ruleIds);
	});

	it.each(rules.map((rule) => [rule.id, rule] as const))('%s belongs to a family and says in a line what it is', (_id, rule) => {
		expect(families).toContain(rule.family);
		expect(rule.summary).toMatch(/^\S.{10,100}$/);
	});

	it.each(ruleIds)('%s has a page with all its parts', (id) => {
		const page = new URL(`docs/rules/${id}.md`, root);
		expect(existsSync(page)).toBe(true);
		const text = readFileSync(page, 'utf8');
		expect(text.startsWith(`# ${id}\n`)).toBe(true);
		for (const part of ['## What it finds', '## Why it matters', '**hot-spare**', '**load-balanced**', '## What to do', '## Example'])
			expect(text).toContain(part);
		expect(text).toContain(`\`${ruleList.find((rule) => rule.id === id)?.family}\``);
	});

	it('do not import each other', () => {
		for (const id of ids)
			expect(readFileSync(new URL(`src/lib/lint/rules/${id}.ts`, root), 'utf8')).not.toMatch(/from '\.\/|from '\.\.\/rules/);
	});
});
