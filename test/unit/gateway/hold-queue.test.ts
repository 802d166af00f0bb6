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
	for (const [number, [item, maxMs]] of items.entries()) queue.add(item, { number, maxMs });
	return { queue, expired };
}

describe('the hold queue', () => {
	it('gives back in the order of arrival', () => {
		const { queue } = queueOf(['a', 100], ['b', 10], ['c', 100]);
		expect([queue.first(), queue.first()]).toEqual(['a', 'a']);
		expect(queue.empty()).toEqual(['a', 'b', 'c']);
		expect(queue.first()).toBeUndefined();
	});

	it('lets each item expire at its own time', () => {
		const { queue, expired } = queueOf(['a', 100], ['b', 10]);
		jest.advanceTimersByTime(50);
		expect([expired, queue.size]).toEqual([['b'], 1]);
		jest.advanceTimersByTime(50);
		expect([expired, queue.size]).toEqual([['b', 'a'], 0]);
	});

	it('puts one that was on its way before those who came after it', () => {
		const { queue, expired } = queueOf(['a', 100], ['b', 100], ['d', 100]);
		queue.add('early', { number: -1, maxMs: 10 });
		queue.add('c', { number: 1.5, maxMs: 100 });
		queue.add('e', { number: 3, maxMs: 100 });
		jest.advanceTimersByTime(10);
		expect(expired).toEqual(['early']);
		expect(queue.empty()).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('can let all wait from now on', () => {
		const { queue, expired } = queueOf(['a', 10], ['b', 100]);
		queue.renew(50);
		jest.advanceTimersByTime(49);
		expect(expired).toEqual([]);
		jest.advanceTimersByTime(1);
		expect(expired).toEqual(['a', 'b']);
	});

	it('never lets expire what has left', () => {
		const { queue, expired } = queueOf(['a', 10], ['b', 10], ['c', 10], ['d', 10]);
		queue.drop('a');
		expect([queue.drop('c'), queue.drop('c')]).toEqual([true, false]);
		expect(queue.empty()).toEqual(['b', 'd']);
		jest.advanceTimersByTime(100);
		expect(expired).toEqual([]);
		expect(jest.getTimerCount()).toBe(0);
	});
});
