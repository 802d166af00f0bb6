import { ordinalOf } from '../../../src/lib/kubernetes/names.ts';

describe('the number of a pod', () => {
	it.each([
		['flowferry-production-blue-0', 0],
		['flowferry-plant-2-green-11', 11],
	])('is at the end of its name: %s', (name, ordinal) => {
		expect(ordinalOf(name)).toBe(ordinal);
	});

	it.each(['', 'plant', 'blue0', '3', 'flowferry-blue-1x'])('is in no other name: %s', (name) => {
		expect(() => ordinalOf(name)).toThrow('no number');
	});
});
