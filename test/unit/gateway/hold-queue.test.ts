import { jest } from '@jest/globals';
import { HoldQueue } from '../../../src/gateway/hold-queue.ts';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
});

function queueOf(...items: [string, number][]): { queue: HoldQueue<string>; expired: string[] } {
	const expired: string[] = [];
	const queue = new HoldQueue<string>((item) => expired.push(item));
	for (const [item, maxMs] of items) queue.add(item, maxMs);
	return { queue, expired };
}

describe('the hold queue', () => {
	it('gives back in the order of arrival', () => {
		const { queue } = queueOf(['a', 100], ['b', 10], ['c', 100]);
		expect([queue.next(), queue.next(), queue.next(), queue.next()]).toEqual(['a', 'b', 'c', undefined]);
	});

	it('lets each item expire at its own time', () => {
		const { queue, expired } = queueOf(['a', 100], ['b', 10]);
		jest.advanceTimersByTime(50);
		expect([expired, queue.size]).toEqual([['b'], 1]);
		jest.advanceTimersByTime(50);
		expect([expired, queue.size]).toEqual([['b', 'a'], 0]);
	});

	it('never lets expire what has left', () => {
		const { queue, expired } = queueOf(['a', 10], ['b', 10], ['c', 10], ['d', 10]);
		expect(queue.next()).toBe('a');
		expect([queue.drop('c'), queue.drop('c')]).toEqual([true, false]);
		expect(queue.empty()).toEqual(['b', 'd']);
		jest.advanceTimersByTime(100);
		expect(expired).toEqual([]);
		expect(jest.getTimerCount()).toBe(0);
	});
});
