import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { applyBaseline, buildBaseline, parseBaseline, pruneBaseline, renderBaseline } from '../../../src/lib/lint/baseline.ts';
import type { PlacedFinding } from '../../../src/lib/lint/placed.ts';
import { wireToNowhere } from '../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { gateInput, subjectOf } from './gate-subject.ts';
import { node, tab } from './judge.ts';

const findingsOf = (flows: FlowNode[], file: string | null = 'f.json') =>
	subjectOf([gateInput(file, flows)], [wireToNowhere]).report.findings;
const same = (file: string | null) => file;
const all = () => true;
const lost = (properties = {}) => node('a', 'json', properties, 'gone');

const before = findingsOf([tab, lost()]);
const baseline = buildBaseline('load-balanced', before, same);
const apply = (findings: PlacedFinding[], judged = all) => {
	const { fresh, covered, stale } = applyBaseline(baseline, findings, same, judged);
	return { fresh: fresh.length, covered: covered.length, stale: stale.length };
};

describe('a baseline', () => {
	it('covers what it was made of', () => {
		expect(apply(before)).toEqual({ fresh: 0, covered: 1, stale: 0 });
	});

	it.each([
		['moved, renamed, described and wired anew', { x: 7, y: 8, name: 'n', info: 'i', g: 'g' }, 'elsewhere'],
		['with its keys in another order', { wires: [['gone']], y: 100 }, 'gone'],
	])('covers a node that was %s', (_name, properties, target) => {
		expect(apply(findingsOf([tab, node('a', 'json', properties, target)]))).toEqual({ fresh: 0, covered: 1, stale: 0 });
	});

	it('covers neither a node that does something else, nor another rule, node or file', () => {
		expect(apply(findingsOf([tab, lost({ property: 'x' })]))).toEqual({ fresh: 1, covered: 0, stale: 1 });
		expect(apply(before.map((finding) => ({ ...finding, rule: 'other' })))).toEqual({ fresh: 1, covered: 0, stale: 1 });
		expect(apply(findingsOf([tab, { ...lost(), id: 'b' }]))).toEqual({ fresh: 1, covered: 0, stale: 1 });
		expect(apply(findingsOf([tab, lost()], 'g.json'))).toEqual({ fresh: 1, covered: 0, stale: 1 });
	});

	it('covers no finding that got graver, but one that got milder', () => {
		const as = (severity: 'error' | 'info') => before.map((finding) => ({ ...finding, severity }));
		expect(apply(as('error'))).toEqual({ fresh: 1, covered: 0, stale: 1 });
		expect(apply(as('info'))).toEqual({ fresh: 0, covered: 1, stale: 0 });
	});

	it('has no stale entries of files that were not judged', () => {
		expect(apply([], () => false)).toEqual({ fresh: 0, covered: 0, stale: 0 });
	});

	it('loses stale entries, and only these, when it is pruned', () => {
		const two = buildBaseline('load-balanced', findingsOf([tab, lost(), { ...lost(), id: 'b' }]), same);
		const { stale } = applyBaseline(two, before, same, all);
		expect(stale.map(({ nodeId }) => nodeId)).toEqual(['b']);
		expect(pruneBaseline(two, stale)).toEqual(baseline);
	});

	it('has no secret of a node, not even in its fingerprint', () => {
		const [one, other] = [
			findingsOf([tab, lost({ credentials: { password: 'x' } })]),
			findingsOf([tab, lost({ credentials: { password: 'y' } })]),
		];
		expect(one[0]?.fingerprint).toBe(other[0]?.fingerprint);
	});
});

describe('the file of a baseline', () => {
	it('reads as it was written, whatever the order', () => {
		const many = findingsOf([tab, lost(), { ...lost(), id: 'b' }]);
		const text = renderBaseline(buildBaseline('load-balanced', many, same));
		expect(renderBaseline(buildBaseline('load-balanced', many.toReversed(), same))).toBe(text);
		expect(renderBaseline(parseBaseline(text, 'b.json', 'load-balanced'))).toBe(text);
		expect(text.split('\n')).toHaveLength(9);
	});

	it('may be empty', () => {
		const text = renderBaseline({ version: 1, mode: 'hot-spare', entries: [] });
		expect(parseBaseline(text, 'b.json', 'hot-spare').entries).toEqual([]);
	});

	it.each([
		['no JSON', '{', 'b.json is not JSON'],
		['another version', '{"version":2}', 'b.json is no baseline of version 1'],
		['null', 'null', 'b.json is no baseline of version 1'],
		['no mode', '{"version":1}', 'b.json does not say the mode'],
		['entries that are none', '{"version":1,"mode":"hot-spare","entries":[{}]}', 'b.json has entries that are none'],
		[
			'another mode',
			'{"version":1,"mode":"load-balanced","entries":[]}',
			'b.json is for load-balanced, and the flows are judged for hot-spare',
		],
	])('is refused with %s', (_name, text, message) => {
		expect(() => parseBaseline(text, 'b.json', 'hot-spare')).toThrow(message);
	});
});
