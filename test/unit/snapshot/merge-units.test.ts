import fc from 'fast-check';
import { mergeUnits, unitsOf } from '../../../src/lib/snapshot/merge-units.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const line = (path: string, hash = '1') => `100644 blob ${hash}\t${path}`;
const listing = (...lines: string[]) => lines.map((text) => `${text}\0`).join('');

describe('merging two histories of a store', () => {
	it('sees a snapshot as one, in whichever folder it lies, the review as one, and any other file by itself', () => {
		const units = unitsOf(
			listing(
				line(`snapshots/${a}/flows.json`),
				line(`snapshots/${a}/snapshot.json`),
				line(`snapshots/bb/${b}/flows.json`),
				line('review/Flow 1.json'),
				line('review/Flow 1/x.js'),
				line('README.md'),
			),
		);
		expect([...units.keys()]).toEqual([a, b, 'review', 'README.md']);
		expect(units.get(a)).toHaveLength(2);
	});

	it.each<[string, string | null, string | null, string | null, 'ours' | 'theirs' | 'contested']>([
		['nobody changed', '1', '1', '1', 'ours'],
		['both have alike', null, '1', '1', 'ours'],
		['they added', null, null, '1', 'theirs'],
		['we added', null, '1', null, 'ours'],
		['they removed', '1', '1', null, 'theirs'],
		['we removed', '1', null, '1', 'ours'],
		['both removed', '1', null, null, 'ours'],
		['they changed', '1', '1', '2', 'theirs'],
		['we changed', '1', '2', '1', 'ours'],
		['both changed', '1', '2', '3', 'contested'],
		['both added, each in its own way', null, '1', '2', 'contested'],
		['we removed and they changed', '1', null, '2', 'theirs'],
		['they removed and we changed', '1', '2', null, 'ours'],
	])('what %s', (_, base, ours, theirs, outcome) => {
		const side = (hash: string | null) => unitsOf(hash === null ? '' : listing(line('x', hash)));
		const merge = mergeUnits(side(base), side(ours), side(theirs));
		expect(merge).toEqual({ takeTheirs: outcome === 'theirs' ? ['x'] : [], contested: outcome === 'contested' ? ['x'] : [] });
	});

	it('keeps what they removed and is to be kept here', () => {
		const [base, theirs] = [unitsOf(listing(line('x'), line('y'))), unitsOf('')];
		expect(mergeUnits(base, base, theirs, new Set(['x']))).toEqual({ takeTheirs: ['y'], contested: [] });
		expect(mergeUnits(base, theirs, base, new Set(['x']))).toEqual({ takeTheirs: [], contested: [] });
	});

	it('loses nothing that either side added, and comes to the same on both sides', () => {
		const side = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'));
		const units = (files: Record<string, string>) => unitsOf(listing(...Object.entries(files).map(([path, hash]) => line(path, hash))));
		fc.assert(
			fc.property(side, side, side, (base, ours, theirs) => {
				const [before, mine, other] = [units(base), units(ours), units(theirs)];
				const here = mergeUnits(before, mine, other);
				const there = mergeUnits(before, other, mine);
				expect(new Set(here.contested)).toEqual(new Set(there.contested));
				for (const unit of other.keys()) {
					const added = !before.has(unit);
					if (added) expect(mine.has(unit) || here.takeTheirs.includes(unit)).toBe(true);
				}
				const merged = (side: typeof mine, others: typeof mine, { takeTheirs }: typeof here) =>
					['a', 'b', 'c', 'd']
						.filter((unit) => !here.contested.includes(unit))
						.map((unit) => (takeTheirs.includes(unit) ? others : side).get(unit)?.join());
				expect(merged(mine, other, here)).toEqual(merged(other, mine, there));
			}),
		);
	});
});
