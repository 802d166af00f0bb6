import {
	decideAfterEnd,
	decideAsHotSpare,
	decideAsSpare,
	hasGivenWay,
	mayOrderTraffic,
	movesTheSeat,
} from '../../../src/lib/failover/decide.ts';
import type { Intent } from '../../../src/lib/failover/failover-store.ts';
import type { PromotionState } from '../../../src/lib/promotion/machine.ts';

const intent = (more: Partial<Intent> = {}): Intent => ({ servingSlot: 'blue', promotion: null, paused: null, ...more });
const held = { seat: 'active', holder: 'blue/1@7', token: 3, remainingMs: 10 };
const paused = { by: 'ann', since: '2026-01-01T00:00:00.000Z', until: null, reason: 'asked' } as const;

describe('what a spare decides', () => {
	it.each<[string, ReturnType<typeof decideAsSpare>, Parameters<typeof decideAsSpare>]>([
		['takes a free seat', { do: 'take over' }, ['blue', null, intent()]],
		['leaves a seat that somebody holds', { do: 'stand by', because: 'somebody is active' }, ['blue', held, intent()]],
		['leaves it to the slot that serves', { do: 'stand by', because: 'its slot does not serve' }, ['green', null, intent()]],
		[
			'leaves it before the first promotion has come through',
			{ do: 'stand by', because: 'its slot does not serve' },
			['blue', null, intent({ servingSlot: null })],
		],
		['leaves it while failover is paused', { do: 'stand by', because: 'automatic failover is paused' }, ['blue', null, intent({ paused })]],
		[
			'leaves it to a promotion that moves it',
			{ do: 'stand by', because: 'a promotion moves the seat' },
			['blue', null, intent({ promotion: { kind: 'going', reached: 'held', running: 'quiesce' } })],
		],
	])('%s', (_, decision, view) => {
		expect(decideAsSpare(...view)).toEqual(decision);
	});
});

describe('what an active instance decides when its Node-RED has ended', () => {
	it('lets the seat go where a spare may take it', () => {
		expect(decideAfterEnd('blue', intent())).toEqual({ do: 'let go' });
	});

	it('keeps it where none may', () => {
		expect(decideAfterEnd('blue', intent({ paused }))).toEqual({ do: 'keep', because: 'automatic failover is paused' });
		expect(decideAfterEnd('green', intent())).toEqual({ do: 'keep', because: 'its slot does not serve' });
	});
});

describe('whether a slot has given way to another', () => {
	it.each<[string, boolean, Parameters<typeof hasGivenWay>]>([
		['not while it serves', false, ['blue', intent()]],
		['not before the first promotion has come through', false, ['green', intent({ servingSlot: null })]],
		['where another serves', true, ['green', intent()]],
		[
			'not while a promotion is on its way',
			false,
			['green', intent({ promotion: { kind: 'going', reached: 'active', running: 'verify' } })],
		],
		['also while one is paused', true, ['green', intent({ promotion: { kind: 'paused' } as PromotionState })]],
	])('%s', (_, gone, view) => {
		expect(hasGivenWay(...view)).toBe(gone);
	});
});

describe('whether an instance that became active by itself orders the traffic', () => {
	it.each<[string, boolean, Parameters<typeof mayOrderTraffic>]>([
		['where its slot serves', true, ['blue', intent()]],
		['also where failover was paused when it had the seat already', true, ['blue', intent({ paused })]],
		['not where another slot serves', false, ['green', intent()]],
		[
			'not while a promotion moves the seat',
			false,
			['blue', intent({ promotion: { kind: 'going', reached: 'connected', running: 'hold' } })],
		],
	])('%s', (_, may, view) => {
		expect(mayOrderTraffic(...view)).toBe(may);
	});
});

describe('what a hot spare decides', () => {
	const connecting: PromotionState = { kind: 'going', reached: 'validated', running: 'connect' };
	it.each<[string, ReturnType<typeof decideAsHotSpare>, Parameters<typeof decideAsHotSpare>]>([
		['follows whoever is active', 'follow', ['blue', held, intent()]],
		['stands still while nobody is', 'stand still', ['blue', null, intent()]],
		['follows also while failover is paused', 'follow', ['blue', held, intent({ paused })]],
		['leaves the streams to a cutover that counts them', 'stand still', ['blue', held, intent({ promotion: connecting })]],
		['leaves the gate of a new release to its promotion', 'stand still', ['green', held, intent({ promotion: connecting })]],
		['lets go where another slot serves', 'stand down', ['green', held, intent()]],
		['lets go while a promotion is paused', 'stand down', ['green', held, intent({ promotion: { kind: 'paused' } })]],
	])('%s', (_, decision, view) => {
		expect(decideAsHotSpare(...view)).toBe(decision);
	});
});

describe('whether a promotion moves the seat', () => {
	it.each<[boolean, PromotionState]>([
		[false, { kind: 'going', reached: 'planned', running: 'prepare' }],
		[false, { kind: 'going', reached: 'validated', running: 'connect' }],
		[true, { kind: 'going', reached: 'connected', running: 'hold' }],
		// That 'connect' was done is written with the next beginning.
		[true, { kind: 'going', reached: 'connected', running: null }],
		[true, { kind: 'going', reached: 'verified', running: 'release' }],
		[false, { kind: 'paused' }],
		[false, { kind: 'rolling back', failed: 'validate', cause: '', remaining: ['discard'] }],
		[true, { kind: 'rolling back', failed: 'activate', cause: '', remaining: ['restore'] }],
		[true, { kind: 'needs operator', failed: 'activate', cause: '', reason: '' }],
		[false, { kind: 'baking' }],
	])('%s: %j', (moves, state) => {
		expect(movesTheSeat(state)).toBe(moves);
	});
});
