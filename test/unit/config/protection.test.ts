import { sinceOf } from '../../../src/lib/audit/ask.ts';
import { parseConfig } from '../../../src/lib/config/load.ts';

const parse = (environments: object) => parseConfig(JSON.stringify({ dev: { userDir: 'x' }, environments }), 'f.yaml', {});
const mode = 'hot-spare';

describe('stages', () => {
	it('are taken in any order', () => {
		const { environments } = parse({ production: { mode, after: 'staging' }, staging: { mode, after: 'test' }, test: { mode } });
		expect(Object.values(environments).map(({ after }) => after)).toEqual(['staging', 'test', undefined]);
	});

	it.each([
		[{ production: 'stagin' }, /production\.after: names stagin, which is no environment; there are production, staging/],
		[{ production: 'production' }, /production\.after: goes in a circle: production after production/],
		[{ production: 'staging', staging: 'production' }, /staging\.after: goes in a circle: staging after production after staging/],
	])('that lead nowhere are faults, with their place: %o', (after: Record<string, string>, message) => {
		const environments = { production: { mode, after: after.production }, staging: { mode, after: after.staging } };
		expect(() => parse(environments)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }));
		expect(() => parse(environments)).toThrow(/f\.yaml:1:\d+: environments\./);
	});
});

describe('protection', () => {
	it('has a default for everything', () => {
		expect(parse({ production: { mode, protected: {} } }).environments.production?.protected).toEqual({
			by: ['*'],
			approvals: 0,
			windows: [],
			freezes: [],
		});
	});

	it.each([
		[{ by: [] }, /protected\.by: /],
		[{ windows: [{ from: '9:00', to: '10:00' }] }, /windows\[0\]\.from: must be a time of day: 22:00/],
		[{ windows: [{ from: '24:00', to: '10:00' }] }, /windows\[0\]\.from: must be a time of day/],
		[{ windows: [{ from: '09:00', to: '09:00' }] }, /windows\[0\]\.to: must differ from from/],
		[
			{ windows: [{ from: '09:00', to: '10:00', days: ['monday'] }] },
			/days\[0\]: must be one of mon, tue, wed, thu, fri, sat, sun, or a span: mon-fri/,
		],
		[{ windows: [{ from: '09:00', to: '10:00', timeZone: 'Europe/Nowhere' }] }, /timeZone: is no time zone that is known here/],
		[{ freezes: [{ from: '2026-02-30', to: '2026-03-01' }] }, /from: is no day of the calendar/],
		[{ freezes: [{ from: '2026-03-02', to: '2026-03-01' }] }, /to: must not be before from/],
		[{ windows: [{ from: '09:00' }] }, /windows\[0\]\.to: is missing/],
		[{ approval: 1 }, /approval: is not a known key/],
	])('is configured rightly, or not at all: %o', (protection, message) => {
		expect(() => parse({ production: { mode, protected: protection } })).toThrow(
			expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
		);
	});
});

describe('since when', () => {
	const now = new Date('2026-11-27T12:00:00Z');
	it.each([
		['12h', '2026-11-27T00:00:00.000Z'],
		['7d', '2026-11-20T12:00:00.000Z'],
		['2026-11-01', '2026-11-01T00:00:00.000Z'],
		['2026-11-01T10:00:00+02:00', '2026-11-01T08:00:00.000Z'],
	])('%s', (text, expected) => expect(sinceOf(text, now)).toBe(expected));

	it.each(['yesterday', '5', '2026-13-45', '400d', ''])('%j is none', (text) => {
		expect(() => sinceOf(text, now)).toThrow(expect.objectContaining({ exitStatus: 2 }));
	});
});
