import { overlapMs } from '../../../src/lib/drill/overlap.ts';

const span = (who: string, fromMs: number, toMs: number) => ({ who, fromMs, toMs });

it.each([
	['nobody', [], 0],
	['one after the other', [span('a', 0, 10), span('b', 10, 20)], 0],
	['one twice', [span('a', 0, 10), span('a', 5, 20)], 0],
	['two at once', [span('a', 0, 10), span('b', 7, 20)], 3],
	['one within the other, and again', [span('a', 0, 10), span('b', 2, 3), span('b', 5, 6)], 2],
	['three at once count once', [span('a', 0, 10), span('b', 4, 10), span('c', 5, 8)], 6],
	['one seen twice, with another all the while', [span('a', 0, 4), span('a', 2, 6), span('b', 3, 8)], 3],
	['a moment', [span('a', 0, 10), span('b', 5, 5)], 0],
])('%s', (_, spans, expected) => {
	expect(overlapMs(spans)).toBe(expected);
});
