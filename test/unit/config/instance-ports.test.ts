import { metricsPortOf, metricsPortsFault } from '../../../src/lib/config/instance-ports.ts';

describe("the ports of instances' figures", () => {
	it('are one for each instance of both slots', () => {
		const all = (['blue', 'green'] as const).flatMap((slot) => [0, 1, 2].map((index) => metricsPortOf(9500, 3, slot, index)));
		expect(all).toEqual([9500, 9501, 9502, 9503, 9504, 9505]);
	});

	it.each([
		[9500, {}, null],
		[9500, { port: 9499, metricsPort: 9506 }, null],
		[9500, { port: 8080, metricsPort: undefined }, null],
		[9500, { port: 9500 }, 'takes the ports 9500 to 9505, one for each instance of both slots, but port is 9500'],
		[9500, { port: 8080, metricsPort: 9505 }, 'takes the ports 9500 to 9505, one for each instance of both slots, but metricsPort is 9505'],
		[65_531, {}, 'takes the ports 65531 to 65536, one for each instance of both slots; 65535 is the highest there is'],
	])('from %d on, beside %j: %s', (base, others, fault) => {
		expect(metricsPortsFault(base, 3, others)).toBe(fault);
	});
});
