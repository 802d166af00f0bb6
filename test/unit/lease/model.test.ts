import { assertLeaseTiming } from '../../../src/lib/lease/timing.ts';
import { explore } from './model-search.ts';
import type { Protocol, Situation } from './model-world.ts';
import { NEVER, protocol } from './model-world.ts';

/**
 * The lease with everything that may come between, explored exhaustively: runners and Node-REDs that freeze, wake, crash and are
 * killed at any moment, separately and together; requests to the store and answers that come late or not at all; timers that come
 * after messages; releases, hand-overs, and a runner that is started anew while its old Node-RED still runs.
 */
const faultsAtOnce = ({ contenders }: Situation) =>
	contenders.reduce((count, { runner, isStuck }) => count + (runner === 'up' ? 0 : 1) + (isStuck ? 1 : 0), 0);

describe('the lease, explored', () => {
	it('has the timing that every lease must have', () => {
		expect(() => assertLeaseTiming(protocol.timing)).not.toThrow();
	});

	it('two contenders, all faults: never do two handle a message, and a seat that is free gets somebody', () => {
		const { situations, twoActive, noneActive } = explore(2, protocol);
		expect({ twoActive, noneActive }).toEqual({ twoActive: null, noneActive: null });
		expect(situations).toBeGreaterThan(100_000);
	});

	it('three contenders, one fault and one request at a time: the same', () => {
		const isAllowed = (situation: Situation) => faultsAtOnce(situation) <= 1 && situation.contenders.filter(({ asks }) => asks).length <= 1;
		const { situations, twoActive, noneActive } = explore(3, protocol, isAllowed);
		expect({ twoActive, noneActive }).toEqual({ twoActive: null, noneActive: null });
		expect(situations).toBeGreaterThan(20_000);
	});

	it.each<[what: string, weakened: Partial<Protocol>]>([
		['the holder has no deadline', { deadline: () => NEVER }],
		['the deadline counts from the answer', { deadline: (_asked, answered) => answered + protocol.timing.renewDeadlineMs }],
		['the agent looks at timers only, not at messages', { mayHandle: () => true }],
	])('finds two that handle messages where %s', (_what, weakened) => {
		expect(explore(2, { ...protocol, ...weakened }).twoActive).toEqual(expect.arrayContaining([expect.stringMatching('starts its flows')]));
	});

	it('finds that nobody is active where nobody may take over', () => {
		const paused = { by: 'somebody', since: '', until: null, reason: 'asked' } as const;
		expect(explore(2, { ...protocol, intent: { ...protocol.intent, paused } }).noneActive).not.toBeNull();
	});
});
