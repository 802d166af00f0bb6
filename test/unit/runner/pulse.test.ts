import { Pulse } from '../../../src/runner/pulse.ts';

describe('the pulse of a Node-RED', () => {
	it('grows silent from its last heartbeat on', () => {
		const pulse = new Pulse(100);
		expect([pulse.tick(0, 1), pulse.tick(100, 1), pulse.tick(200, 1)]).toEqual([0, 100, 200]);
		expect(pulse.tick(300, 2)).toBe(0);
	});

	it('counts little of a stretch in which the watcher itself stood still', () => {
		const pulse = new Pulse(100);
		pulse.tick(0, 1);
		expect(pulse.tick(5000, 1)).toBe(200);
	});

	it('begins anew with another process', () => {
		const pulse = new Pulse(100);
		pulse.tick(0, 1);
		pulse.tick(200, 1);
		pulse.restart();
		expect([pulse.tick(300, 1), pulse.tick(400, 1)]).toEqual([0, 100]);
	});
});
