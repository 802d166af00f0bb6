import { type SequenceCounts, SequenceTally } from '../../../demo/traffic/sequence-tally.ts';

/** `+n@ms` publishes number n, `-n@ms` receives it, `xn` withdraws it. */
function play(script: string, readAtMs: number): SequenceCounts {
	const tally = new SequenceTally();
	for (const [, kind, seq, at] of script.matchAll(/([+x-])(\d+)(?:@(\d+))?/g)) {
		if (kind === '+') tally.publish(Number(seq), Number(at));
		else if (kind === '-') tally.receive(Number(seq), Number(at));
		else tally.withdraw(Number(seq));
	}
	return tally.read(readAtMs);
}

describe('SequenceTally', () => {
	it.each([
		['nothing', '', 999, [0, 0, 0, 0, 0]],
		['all out, in order', '+1@0 -1@2 +2@10 -2@13', 500, [2, 2, 0, 0, 11]],
		['all out, out of order', '+1@0 +2@10 -2@13 -1@14', 500, [2, 2, 0, 0, 13]],
		['one missing in the middle', '+1@0 +2@1 +3@2 -1@5 -3@6', 6, [3, 2, 1, 0, 5]],
		['a second and a third copy', '+1@0 -1@1 -1@2 -1@3', 3, [1, 1, 0, 2, 1]],
		['a copy of one does not stand for another', '+1@0 +2@1 -1@2 -1@3', 3, [2, 1, 1, 1, 2]],
		['out before its sender knows that it was accepted', '+1@0 -1@4', 4, [1, 1, 0, 0, 4]],
		['not accepted: not lost', '+1@0 -1@2 +2@3 x2', 99, [1, 1, 0, 0, 2]],
		['silence from the first message to the first output', '+1@100 +2@110 -1@400 -2@401', 401, [2, 2, 0, 0, 300]],
		['silence that lasts while some are missing', '+1@0 -1@1 +2@10', 700, [2, 1, 1, 0, 699]],
		['no silence once everything is out', '+1@0 -1@1', 60_000, [1, 1, 0, 0, 1]],
		['a copy ends a silence too', '+1@0 -1@1 +2@2 -1@50 -2@90', 90, [2, 2, 0, 1, 49]],
	] as const)('%s', (_name, script, readAtMs, [published, received, lost, duplicated, longestSilenceMs]) => {
		expect(play(script, readAtMs)).toEqual({ published, received, lost, duplicated, longestSilenceMs });
	});

	it('can be read while it counts', () => {
		const tally = new SequenceTally();
		tally.publish(1, 0);
		expect(tally.outstanding).toBe(1);
		expect(tally.read(5).lost).toBe(1);
		tally.receive(1, 6);
		expect(tally.outstanding).toBe(0);
		expect(tally.read(7).lost).toBe(0);
	});
});
