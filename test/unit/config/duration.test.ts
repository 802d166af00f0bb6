import { parseDuration } from '../../../src/lib/config/duration.ts';

describe('a span of time', () => {
	it.each([
		['500ms', 500],
		['30s', 30_000],
		['1.5h', 5_400_000],
		['30m', 1_800_000],
		[' 1d ', 86_400_000],
	])('%s is %d ms', (text, ms) => expect(parseDuration(text, '--for')).toBe(ms));

	it.each(['', '30', 'm', '30 m', '-5m', '1e3s', '30x', 'half an hour'])('%j is none, and the error says how to write one', (text) => {
		expect(() => parseDuration(text, '--for')).toThrow(
			expect.objectContaining({
				code: 'DURATION_INVALID',
				exitStatus: 2,
				message: `--for ${text} is no span of time`,
				hint: expect.stringContaining('--for 30m'),
			}),
		);
	});

	it('has limits', () => {
		expect(() => parseDuration('99ms', '--every', 100)).toThrow('--every 99ms is less than 100 ms');
		expect(() => parseDuration('0s', '--for')).toThrow('less than 1 ms');
		expect(() => parseDuration('367d', '--for')).toThrow('more than 366 days');
	});
});
