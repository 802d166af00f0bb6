import { assertActive, assertConsent, findCareful, findDangers, type Known } from '../../../src/lib/drill/consent.ts';
import type { FlowVerdict } from '../../../src/lib/lint/verdict.ts';

const instance = (name: string, state: string | null) => ({ name, status: state === null ? null : { state } });

/** Serving, with a spare that stands by. */
function known(over: object = {}, spare: string | null = 'standby'): Known {
	return {
		health: { state: 'serving' },
		active: { slot: 'blue', release: 1, snapshot: 'a' },
		slots: [
			{ slot: 'blue', release: null, instances: [instance('blue/0', 'active'), instance('blue/1', spare)] },
			{ slot: 'green', release: null, instances: [instance('green/0', 'standby')] },
		],
		failoverPaused: null,
		promotion: null,
		...over,
	} as unknown as Known;
}

describe('dangers', () => {
	it.each(['standby', 'gated'])('none where a spare is %s', (state) => {
		expect(findDangers(known({}, state))).toEqual([]);
	});

	it.each(['starting', 'failed', null])('a spare that is %s does not stand by; nor does the other slot help', (state) => {
		expect(findDangers(known({}, state))).toEqual(['no spare stands by']);
	});

	it.each<[string, object, string]>([
		['a promotion that is paused', { promotion: { id: 4, by: 'me' } }, 'promotion 4 by me is not finished'],
		['failover that is paused', { failoverPaused: { by: 'me' } }, 'automatic failover is paused by me: no spare would take over'],
		['an environment that is degraded', { health: { state: 'degraded', reasons: ['a', 'b'] } }, 'a'],
	])('%s', (_, over, danger) => {
		expect(findDangers(known(over))).toContain(danger);
	});
});

it('without anybody active nothing can be tried, whatever is agreed to', () => {
	const environment = 'production';
	expect(() => assertActive({ environment, health: { state: 'empty' }, active: null })).toThrow('nothing was ever promoted');
	expect(() => assertActive({ environment, health: { state: 'down' }, active: null })).toThrow('no instance of production is active');
});

describe('flows that need care', () => {
	const verdict = (allows: FlowVerdict['allows']): FlowVerdict => ({
		flowId: 'f',
		flowLabel: 'Press',
		allows,
		sharing: null,
		notReady: false,
		because: [{ strategy: 'gated', nodeId: 'n', rule: 'hardware', reason: 'A serial port.' }],
	});

	it('are those that allow nothing but exclusive', () => {
		expect(findCareful([verdict(['gated', 'exclusive'])])).toEqual([]);
		expect(findCareful([verdict(['exclusive'])])).toEqual(["the flow 'Press' must not be connected twice: A serial port."]);
	});

	it('are all of which nothing is known', () => {
		expect(findCareful(null)).toHaveLength(1);
	});
});

describe('consent', () => {
	const [none, dangers, careful] = [
		{ dangers: [], careful: [] },
		{ dangers: ['d'], careful: [] },
		{ dangers: [], careful: ['c'] },
	];
	const codeOf = (found: typeof none | typeof dangers, given: object): string | null => {
		try {
			assertConsent('production', found, given);
			return null;
		} catch (error) {
			return (error as { code: string }).code;
		}
	};

	it.each([
		['a question is enough for flows that need care', careful, {}, null],
		['--yes is not', careful, { yes: true }, 'DRILL_NEEDS_CARE'],
		['--yes is enough where nothing speaks against it', none, { yes: true }, null],
		['a danger is refused before it is asked', dangers, {}, 'DRILL_REFUSED'],
		['and with --yes', dangers, { yes: true }, 'DRILL_REFUSED'],
		['--yes-really is enough for all', { dangers: ['d'], careful: ['c'] }, { 'yes-really': true }, null],
	])('%s', (_, found, given, code) => {
		expect(codeOf(found as typeof dangers, given)).toBe(code);
	});
});
