import { compileNamePatterns, compilePathPatterns } from '../../../src/lib/lint/pattern.ts';

describe('patterns for names', () => {
	it.each([
		['Sandbox *', 'Sandbox 1', true],
		['Sandbox *', 'Sandbox', false],
		['Sandbox', 'Sandbox 1', false],
		['*', 'a/b\nc', true],
		['Line ?', 'Line 7', true],
		['a.b (c) [d]', 'a.b (c) [d]', true],
		['a.b', 'axb', false],
		['🚢?', '🚢🚢', true],
	])('%j and %j: %s', (pattern, name, fits) => {
		expect(compileNamePatterns([pattern])(name)).toBe(fits);
	});

	it('fit where one of them does, and no name where there are none', () => {
		expect(compileNamePatterns(['a', 'b'])('b')).toBe(true);
		expect(compileNamePatterns([])('b')).toBe(false);
	});
});

describe('patterns for paths', () => {
	it.each([
		['flows.json', 'flows.json', true],
		['flows.json', 'a/b/flows.json', true],
		['./flows.json', 'a/flows.json', false],
		['./flows.json', 'flows.json', true],
		['flows/*.json', 'flows/a.json', true],
		['flows/*.json', 'flows/a/b.json', false],
		['flows/**', 'flows/a/b.json', true],
		['flows/**', 'flows', false],
		['**/old/**', 'a/old/b/c.json', true],
		['**/old/*.json', 'old/c.json', true],
		['a-b/*.json', 'a-b/c.json', true],
		['*.json', 'a/b.jsonx', false],
		['../x/*.json', '../x/a.json', true],
	])('%j and %j: %s', (pattern, path, fits) => {
		expect(compilePathPatterns([pattern])(path)).toBe(fits);
	});
});
