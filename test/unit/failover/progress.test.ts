import type { ProgressProbe } from '../../../src/lib/config/failover-config.ts';
import { findStandstill, meantBy, type ProgressSample, receivedBy, trimSamples } from '../../../src/lib/failover/progress.ts';

const probe = (more: Partial<ProgressProbe> = {}): ProgressProbe => ({ progress: 'Plant', messages: 1, withinMs: 1000, ...more });
const samples = (...counts: [atMs: number, received: number][]): ProgressSample[] => counts.map(([atMs, received]) => ({ atMs, received }));

describe('what a progress probe means', () => {
	const flows = [
		{ id: 't1', type: 'tab', label: 'Plant' },
		{ id: 'n1', type: 'function', z: 't1', name: 'Plant' },
		{ id: 'n2', type: 'function', z: 't2', name: 'other' },
	];
	const progress = (id: string, flowId: string, received: number) => ({ id, type: 'function', name: '', flowId, received, completed: 0 });

	it('is flows and nodes of that name or id, and all nodes on such a flow', () => {
		expect([...meantBy(probe(), flows)]).toEqual(['t1', 'n1']);
		expect([...meantBy(probe({ progress: 'n2' }), flows)]).toEqual(['n2']);
		expect(receivedBy(new Set(['t1']), [progress('n1', 't1', 3), progress('n9', 't1', 4), progress('n2', 't2', 5)])).toBe(7);
	});
});

describe('a standstill', () => {
	it('is where too few messages came in the whole time', () => {
		expect(findStandstill(probe(), samples([0, 5], [500, 5], [1000, 5]))).toBe("'Plant' received 0 messages in 1 s, not 1");
		expect(findStandstill(probe({ messages: 3 }), samples([0, 5], [1000, 7]))).toBe("'Plant' received 2 messages in 1 s, not 3");
	});

	it('is none where they came, nor before the time has passed since the flows started', () => {
		expect(findStandstill(probe(), samples([0, 5], [500, 5], [1000, 6]))).toBeNull();
		expect(findStandstill(probe(), samples([0, 5], [999, 5]))).toBeNull();
		expect(findStandstill(probe(), [])).toBeNull();
	});

	it('is looked for in the latest stretch alone, and no more samples are kept than that needs', () => {
		const all = samples([0, 0], [400, 10], [800, 10], [1200, 10], [1600, 10]);
		expect(findStandstill(probe(), all)).toMatch(/received 0/);
		expect(trimSamples(probe(), all)).toEqual(all.slice(1));
	});
});
