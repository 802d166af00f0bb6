import { toNumber, toText } from '../../../src/lib/flows/scalar.ts';

describe('properties', () => {
	it('are read as numbers', () => {
		expect(['5', 5, '', ' 1.5 ', true].map(toNumber)).toEqual([5, 5, 0, 1.5, 1]);
		expect([null, undefined, [], ['5'], {}, 'x'].map(toNumber)).toEqual(Array(6).fill(Number.NaN));
	});

	it('are read as text', () => {
		expect(['a', 5, false].map(toText)).toEqual(['a', '5', 'false']);
		expect([null, undefined, ['a'], {}].map(toText)).toEqual(['', '', '', '']);
	});

	it('never throw, not even on objects that cannot become text', () => {
		const hostile = JSON.parse('{"toString":1,"valueOf":1}');
		expect(() => String(hostile)).toThrow();
		expect([toNumber(hostile), toText(hostile)]).toEqual([Number.NaN, '']);
	});
});
