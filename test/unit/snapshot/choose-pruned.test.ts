import { choosePruned } from '../../../src/lib/snapshot/choose-pruned.ts';

const index = [
	{ id: 'd', time: '2026-04-01T00:00:00.000Z' },
	{ id: 'c', time: '2026-03-01T00:00:00.000Z' },
	{ id: 'b', time: '2026-02-01T00:00:00.000Z' },
	{ id: 'a', time: '2026-01-01T00:00:00.000Z' },
	{ id: 'x', time: undefined },
];
const ids = (...[held, retention]: [string[], Parameters<typeof choosePruned>[2]]) =>
	choosePruned(index, new Set(held), retention).map(({ id }) => id);

describe('what a pruning takes', () => {
	it('is all but the newest', () => {
		expect(ids([], { kind: 'newest', count: 2 })).toEqual(['b', 'a']);
		expect(ids([], { kind: 'newest', count: 9 })).toEqual([]);
	});

	it('is what is older', () => {
		expect(ids([], { kind: 'since', time: new Date('2026-02-01T00:00:00.000Z') })).toEqual(['a']);
	});

	it('is never what is needed, nor what has no age', () => {
		expect(ids(['a', 'd'], { kind: 'newest', count: 0 })).toEqual(['c', 'b']);
	});
});
