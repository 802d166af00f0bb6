import { diffLines } from '../../../../src/lib/flows/diff/text.ts';

const numbered = (amount: number, word = 'line') => Array.from({ length: amount }, (_, index) => `${word} ${index + 1}`);
const marks = { same: ' ', removed: '-', added: '+' };
const shown = (before: string[], after: string[]) =>
	diffLines(before.join('\n'), after.join('\n')).map(({ beforeLine, afterLine, lines }) => [
		beforeLine,
		afterLine,
		lines.map(({ kind, text }) => marks[kind] + text),
	]);

describe('diffLines', () => {
	it('shows three lines around each change, and where they stand', () => {
		const after = numbered(40).with(9, 'other').toSpliced(29, 1);
		expect(shown(numbered(40), after)).toEqual([
			[7, 7, [' line 7', ' line 8', ' line 9', '-line 10', '+other', ' line 11', ' line 12', ' line 13']],
			[27, 27, [' line 27', ' line 28', ' line 29', '-line 30', ' line 31', ' line 32', ' line 33']],
		]);
	});

	it('makes nothing of a missing line break but of the line that it ends', () => {
		expect(shown(['a'], ['a', 'b'])).toEqual([[1, 1, [' a', '+b']]]);
		expect(shown(['a', 'b'], [])).toMatchObject([[1, expect.any(Number), ['-a', '-b']]]);
		expect(shown(['a'], ['a', ''])).toEqual([[1, 1, [' a', '+']]]);
	});

	it('takes texts that have nothing in common whole, in bounded time', () => {
		const [hunk, ...others] = shown(numbered(20_000, 'old'), numbered(20_000, 'new'));
		expect(others).toEqual([]);
		expect(hunk!.slice(0, 2)).toEqual([1, 1]);
		expect(hunk![2]).toEqual([...numbered(20_000, '-old'), ...numbered(20_000, '+new')]);
	});
});
