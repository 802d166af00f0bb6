import fc from 'fast-check';
import { type Freeze, openingAt, renderMoment, type Window, wallTime } from '../../../src/lib/protection/windows.ts';

const nightly: Window = { days: ['mon-fri'], from: '22:00', to: '04:00', timeZone: 'Europe/Berlin' };
const opening = (at: string, windows: Window[] = [nightly], freezes: Freeze[] = []) => openingAt(windows, freezes, new Date(at));
const next = (at: string, windows?: Window[], freezes?: Freeze[]) => {
	const found = opening(at, windows, freezes);
	return found.open ? 'open' : (found.opensAt?.toISOString() ?? 'never');
};

describe('windows', () => {
	it.each([
		['Friday evening, before', '2026-11-27T20:59:59.999Z', '2026-11-27T21:00:00.000Z'],
		['Friday, as it opens', '2026-11-27T21:00:00Z', 'open'],
		['Saturday, after midnight: it opened on Friday', '2026-11-28T02:59:59Z', 'open'],
		['Saturday, as it closes', '2026-11-28T03:00:00Z', '2026-11-30T21:00:00.000Z'],
		['Monday, after midnight: it did not open on Sunday', '2026-11-30T01:00:00Z', '2026-11-30T21:00:00.000Z'],
		['in summer, an hour earlier by UTC', '2026-07-03T20:00:00Z', 'open'],
	])('over midnight: %s', (_, at, expected) => expect(next(at)).toBe(expected));

	it('take spans of days over the end of the week', () => {
		const weekend: Window = { days: ['sat-mon'], from: '00:00', to: '24:00', timeZone: 'UTC' };
		expect(['2026-11-27', '2026-11-28', '2026-11-30', '2026-12-01'].map((day) => next(`${day}T12:00:00Z`, [weekend]))).toEqual([
			'2026-11-28T00:00:00.000Z',
			'open',
			'open',
			'2026-12-05T00:00:00.000Z',
		]);
	});

	it('open where the clock is put forward over their beginning', () => {
		// In Berlin, 2026-03-29 has no half past two.
		const early: Window = { days: ['sun'], from: '02:30', to: '05:00', timeZone: 'Europe/Berlin' };
		expect(next('2026-03-29T00:30:00Z', [early])).toBe('2026-03-29T01:00:00.000Z');
		expect(next('2026-03-29T01:00:00Z', [early])).toBe('open');
	});

	it('stay open for the hour that there is twice', () => {
		const early: Window = { days: ['sun'], from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' };
		expect(['00:00', '00:59', '01:00', '01:59'].map((time) => next(`2026-10-25T${time}:00Z`, [early]))).toEqual(Array(4).fill('open'));
		expect(next('2026-10-24T23:59:00Z', [early])).toBe('2026-10-25T00:00:00.000Z');
		expect(next('2026-10-25T02:00:00Z', [early])).toBe('2026-11-01T01:00:00.000Z');
	});

	it.each([
		['which ended in that hour', { days: ['sun'], from: '01:00', to: '02:30' }, '00:45', '01:00'],
		['which ended in that hour, over midnight', { days: ['sat'], from: '22:00', to: '02:30' }, '00:45', '01:00'],
		['which began in that hour', { days: ['sun'], from: '02:30', to: '05:00' }, '01:10', '01:30'],
	])('open again where the clock is put back into one %s', (_, window, now, expected) => {
		const [at, then] = [`2026-10-25T${now}:00.000Z`, `2026-10-25T${expected}:00.000Z`];
		expect(next(at, [{ ...window, timeZone: 'Europe/Berlin' }])).toBe(then);
	});

	it('open again a day after they began, by the clock of a place far west', () => {
		// In New York the clock goes from 02:00 back to 01:00, at 06:00 UTC.
		const long: Window = { days: ['sat'], from: '01:45', to: '01:30', timeZone: 'America/New_York' };
		expect(next('2026-11-01T05:40:00Z', [long])).toBe('2026-11-01T06:00:00.000Z');
	});

	it('do not open on a day whose clock skips all of them', () => {
		const skipped: Window = { days: ['sun'], from: '02:10', to: '02:50', timeZone: 'Europe/Berlin' };
		expect(next('2026-03-28T12:00:00Z', [skipped])).toBe('2026-04-05T00:10:00.000Z');
	});

	it('are closed by a freeze, to the end of its last day there, and say why', () => {
		const freeze: Freeze = { from: '2026-12-20', to: '2027-01-06', timeZone: 'Europe/Berlin', because: 'Christmas' };
		expect(opening('2026-12-21T21:30:00Z', [nightly], [freeze])).toEqual({
			open: false,
			because: 'it is frozen from 2026-12-20 to 2027-01-06: Christmas',
			opensAt: new Date('2027-01-06T23:00:00Z'),
		});
		expect(next('2026-12-21T12:00:00Z', [], [freeze])).toBe('2027-01-06T23:00:00.000Z');
		expect(next('2026-12-19T12:00:00Z', [], [freeze])).toBe('open');
	});

	it('that never open again within a year say so', () => {
		const forever: Freeze = { from: '2026-01-01', to: '2199-12-31', timeZone: 'UTC', because: 'x' };
		expect(next('2026-06-01T00:00:00Z', [nightly], [forever])).toBe('never');
	});

	it('are told by the clock on the wall', () => {
		expect(renderMoment(new Date('2026-11-27T21:00:00Z'), 'Europe/Berlin')).toBe('Fri 2026-11-27 22:00 (Europe/Berlin)');
	});

	const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'UTC'];
	const time = fc.integer({ min: 0, max: 1439 }).map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
	const windows = fc
		.record({
			days: fc.uniqueArray(fc.constantFrom('mon', 'tue', 'wed-fri', 'sat', 'sun', 'fri-mon'), { minLength: 1, maxLength: 3 }),
			from: time,
			to: time,
			timeZone: fc.constantFrom(...zones),
		})
		.filter(({ from, to }) => from !== to);
	const moment = fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z'), noInvalidDate: true });

	it('over a year and everywhere: the next opening is one, and nothing opens before it', () => {
		fc.assert(
			fc.property(
				fc.array(windows, { minLength: 1, maxLength: 2 }),
				moment,
				fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
				(some, now, shares) => {
					const found = openingAt(some, [], now);
					if (found.open) return;
					// A window of an hour that the clock skips may be the only one of its day; there is another within a week or two.
					const at = found.opensAt as Date;
					expect(openingAt(some, [], at)).toEqual({ open: true });
					expect(openingAt(some, [], new Date(at.getTime() - 1)).open).toBe(false);
					for (const share of shares) {
						const between = new Date(now.getTime() + Math.floor(share * (at.getTime() - 1 - now.getTime())));
						expect(openingAt(some, [], between).open).toBe(false);
					}
				},
			),
			{ numRuns: 300 },
		);
	});

	it('over a year and everywhere: open means that the clock on the wall says so', () => {
		fc.assert(
			fc.property(windows, moment, (window, at) => {
				const all: Window = { ...window, days: ['mon-sun'] };
				const { minute } = wallTime(at, window.timeZone);
				const text = new Date(minute * 60_000).toISOString().slice(11, 16);
				const { from, to } = window;
				const expected = from < to ? from <= text && text < to : text >= from || text < to;
				expect(openingAt([all], [], at).open).toBe(expected);
			}),
			{ numRuns: 500 },
		);
	});
});
