import { createRandom } from '../../../bench/flows/random.ts';
import { planBurst } from '../../soak/faults.ts';
import { type Handled, judge } from '../../soak/judge.ts';

const by = (index: number, pid: number, ...moments: number[]): Handled[] =>
	moments.map((atMs) => ({ instance: `blue/${index}`, pid, runnerPid: 1000 + index, atMs }));
const grants = [
	{ holder: 'blue/0@1000', token: 1 },
	{ holder: 'blue/1@1001', token: 2 },
	{ holder: 'blue/0@1000', token: 3 },
];

describe('the judge of a soak', () => {
	it('finds nothing where one comes after the other, in whatever order it is told', () => {
		const handled = [...by(0, 12, 7, 8), ...by(1, 11, 4, 6), ...by(0, 10, 1, 3.5)];
		expect(judge(handled, grants)).toEqual({ tenures: 3, doubleActiveMs: 0, faults: [] });
	});

	it('finds one message of the one before among those of its successor', () => {
		const { doubleActiveMs, faults } = judge([...by(0, 10, 1, 3, 4.25), ...by(1, 11, 4, 6)], grants);
		expect(doubleActiveMs).toBe(0.25);
		expect(faults).toEqual(['blue/0@1000 (Node-RED 10) and blue/1@1001 (Node-RED 11) handled messages at once, for 0.25 ms']);
	});

	it('takes the same moment for two at once', () => {
		expect(judge([...by(0, 10, 1, 3), ...by(1, 11, 3, 4)], grants).faults).toHaveLength(1);
	});

	it('finds a Node-RED of the same instance that goes on beside its successor', () => {
		expect(judge([...by(0, 10, 1, 5), ...by(0, 12, 3, 7)], grants).faults).toHaveLength(1);
	});

	it('finds a token that goes down, and somebody who handles messages without a lease', () => {
		expect(judge([], grants.toReversed()).faults).toHaveLength(2);
		expect(judge(by(2, 13, 1, 2), grants).faults).toEqual([expect.stringContaining('out of turn')]);
		expect(judge([...by(1, 11, 1, 2), ...by(0, 10, 3, 4), ...by(1, 14, 5, 6)], grants).faults).toEqual([
			'blue/1@1001 (Node-RED 14) handled 2 messages out of turn: no such lease was granted then',
		]);
	});
});

describe('the faults of a soak', () => {
	it('are the same for the same seed', () => {
		const plan = (seed: number) => {
			const random = createRandom(seed);
			return Array.from({ length: 20 }, () => planBurst(random, 3));
		};
		expect(plan(7)).toEqual(plan(7));
		expect(plan(7)).not.toEqual(plan(8));
	});
});
