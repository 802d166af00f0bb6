import type { DrillKind } from '../../../src/lib/drill/drill.ts';
import { judgeDrill, type Seen } from '../../../src/lib/drill/judge.ts';

const seen = (over: Partial<Seen> = {}): Seen => ({ from: 'blue/0', to: 'blue/1', lost: true, doubleActiveMs: 0, ...over });

it.each<DrillKind>(['crash', 'hang', 'freeze', 'store-loss'])('%s: a spare that takes over is what is wanted', (kind) => {
	expect(judgeDrill(kind, seen())).toEqual({ outcome: 'taken over', faults: [] });
});

it.each<DrillKind>(['crash', 'hang', 'freeze'])('%s: that the same one runs again is not', (kind) => {
	expect(judgeDrill(kind, seen({ to: 'blue/0' }))).toEqual({
		outcome: 'went on',
		faults: ['no spare took over: the flows run in blue/0 again'],
	});
});

it('store-loss: whoever is faster', () => {
	expect(judgeDrill('store-loss', seen({ to: 'blue/0' }))).toEqual({ outcome: 'went on', faults: [] });
});

it('broker-loss: it is no reason to change who is active', () => {
	expect(judgeDrill('broker-loss', seen({ to: 'blue/0', lost: false }))).toEqual({ outcome: 'went on', faults: [] });
	expect(judgeDrill('broker-loss', seen()).faults).toHaveLength(1);
	expect(judgeDrill('broker-loss', seen({ to: null, lost: false }))).toEqual({
		outcome: 'not taken over',
		faults: ['nobody was active in time'],
	});
});

it('nobody in time, and two at once, are faults of every kind', () => {
	expect(judgeDrill('crash', seen({ to: null })).outcome).toBe('not taken over');
	expect(judgeDrill('freeze', seen({ doubleActiveMs: 51 })).faults).toEqual(['two instances said for 51 ms that they were active']);
});
