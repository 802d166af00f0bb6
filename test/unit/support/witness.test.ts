import { type Beat, doubleActiveMs } from '../../support/witness.ts';

const beats = (instance: string, fromMs: number, toMs: number): Beat[] =>
	Array.from({ length: (toMs - fromMs) / 50 + 1 }, (_, index) => ({ instance, atMs: fromMs + index * 50 }));
const inOrder = (...all: Beat[][]) => all.flat().toSorted((one, other) => one.atMs - other.atMs);

describe('the time for which two instances acted at once', () => {
	it('is none where they take turns, however often', () => {
		expect(doubleActiveMs(inOrder(beats('a', 0, 500), beats('b', 550, 2000), beats('a', 2050, 3000)))).toBe(0);
	});

	it('begins with the first beat of the one, and ends with the last of the other', () => {
		expect(doubleActiveMs(inOrder(beats('a', 0, 500), beats('b', 300, 2000)))).toBe(200);
	});

	it('is there also where the one began and ended while the other went on', () => {
		expect(doubleActiveMs(inOrder(beats('a', 0, 3000), beats('b', 1000, 1100)))).toBe(100);
	});
});
