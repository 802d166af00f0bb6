import { moreErrors, noProgress, together } from '../../../src/lib/cutover/compare-releases.ts';

const activity = (received: number, errors: number, more = {}) => ({
	spanMs: 300_000,
	received,
	errors,
	longestSilenceMs: 1000,
	silentMs: 0,
	...more,
});
const defaults = { factor: 5, minimum: 10 };

describe("errors beside the old release's", () => {
	it.each([
		['every message fails where none did', activity(1000, 0), activity(50, 50), true],
		['one in ten fails where none did', activity(1000, 0), activity(100, 10), true],
		['it is much worse than a poor one', activity(1000, 10), activity(100, 10), true],
		['it is a little worse', activity(1000, 50), activity(100, 20), false],
		['it is as poor as the old one', activity(1000, 1000), activity(50, 50), false],
		['too few errors to tell', activity(1000, 0), activity(9, 9), false],
		['the old one received next to nothing', activity(2, 0), activity(50, 50), false],
		['the old one received nothing', activity(0, 0), activity(50, 50), false],
		['it received nothing: its errors are of no message', activity(1000, 0), activity(0, 50), false],
	])('%s', (_, old, now, isWorse) => {
		expect(moreErrors(old, now, defaults) !== null).toBe(isWorse);
	});

	it('says both', () => {
		expect(moreErrors(activity(1000, 1), activity(40, 12), defaults)).toBe(
			'it logged 12 error(s) for 40 message(s); the old release had 1 for 1000 in its last 300 s',
		);
	});

	it('are not compared at a first promotion, nor with factor 0', () => {
		expect(moreErrors(null, activity(50, 50), defaults)).toBeNull();
		expect(moreErrors(activity(1000, 0), activity(50, 50), { ...defaults, factor: 0 })).toBeNull();
	});
});

describe('progress', () => {
	it.each([
		['far longer silent than the old one ever was', activity(1000, 0), 11_000, true],
		['silent, but not for long', activity(1000, 0), 9_000, false],
		['no longer silent than the old one could be', activity(1000, 0, { longestSilenceMs: 60_000 }), 100_000, false],
		['the old one was not watched for long', activity(1000, 0, { spanMs: 30_000 }), 100_000, false],
		['the old one received little', activity(10, 0), 100_000, false],
	])('%s', (_, old, silentMs, isStuck) => {
		expect(noProgress(old, silentMs) !== null).toBe(isStuck);
	});
});

describe('the instances of a release together', () => {
	it('have received what all have, and are silent only while all are', () => {
		const one = activity(10, 1, { longestSilenceMs: 5000, silentMs: 4000 });
		expect(together([one, activity(20, 2, { silentMs: 100, spanMs: 1000 })])).toEqual(
			activity(30, 3, { longestSilenceMs: 1000, silentMs: 100, spanMs: 1000 }),
		);
		expect(together([])).toBeNull();
	});
});
