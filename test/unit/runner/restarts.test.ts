import { Restarts } from '../../../src/runner/restarts.ts';

describe('starting Node-RED again', () => {
	it('takes longer with each crash in a row, and calls it failed after the third', () => {
		const restarts = new Restarts();
		const found = [null, null, 500, null, null, null, null].map((upMs) => restarts.count(upMs));
		expect(found.map(({ delayMs }) => delayMs)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
		expect(found.map(({ state }) => state).slice(0, 4)).toEqual(['starting', 'starting', 'starting', 'failed']);
		expect(found.map(({ bootLoop }) => bootLoop)).toEqual([null, null, null, 4, null, null, null]); // told once
		expect(restarts.crashes).toBe(7);
	});

	it('begins anew where it had been up for a minute, active or standing by', () => {
		const restarts = new Restarts();
		for (let crash = 0; crash < 5; crash++) restarts.count(null);
		expect(restarts.count(60_001)).toEqual({ state: 'starting', delayMs: 250, bootLoop: null });
		expect(restarts.crashes).toBe(6);
	});
});
