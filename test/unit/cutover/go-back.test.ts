import { goBack } from '../../../src/lib/cutover/go-back.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { PromotionDraft, Strategy } from '../../../src/lib/promotion/journal.ts';

const release = (number: number) => ({ number, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00.000Z' });
const undone = new FlowferryError({
	code: 'CUTOVER_ROLLED_BACK',
	message: 'it did not go active',
	hint: 'its log tells why',
	exitStatus: 4,
});

async function play({ strategy = 'gated', from = true, failing = [] }: { strategy?: Strategy; from?: boolean; failing?: Strategy[] }) {
	const tried: PromotionDraft[] = [];
	const draft: PromotionDraft = {
		kind: 'promote',
		strategy,
		from: from ? { slot: 'blue', release: release(1) } : null,
		to: { slot: 'green', release: release(2) },
	};
	const setting = { environment: { name: 'production' }, progress: () => {}, interruptMeans: () => {} };
	const error = await goBack(setting, draft, 'the check failed', async (back) => {
		tried.push(back);
		if (failing.includes(back.strategy)) throw undone;
		return { warnings: [] };
	});
	return { error, tried };
}

describe('going back from a release that failed while it baked', () => {
	it('goes the way that it came, and says so with status 4', async () => {
		const { error, tried } = await play({});
		expect(error).toMatchObject({ code: 'BAKE_FAILED', exitStatus: 4, message: expect.stringContaining('Release 1 serves again.') });
		expect(tried).toMatchObject([
			{ kind: 'rollback', strategy: 'gated', from: { slot: 'green' }, to: { slot: 'blue' }, because: 'the check failed' },
		]);
	});

	it('stops the failing flows first where it cannot pass beside them', async () => {
		const { error, tried } = await play({ failing: ['gated'] });
		expect(error).toMatchObject({ code: 'BAKE_FAILED', exitStatus: 4 });
		expect(tried.map(({ strategy }) => strategy)).toEqual(['gated', 'exclusive']);
	});

	it.each([
		['nothing served before', { from: false, strategy: 'first' as const }, 'nothing served before it'],
		['the old release does not come up', { failing: ['gated', 'exclusive'] as Strategy[] }, 'it did not go active; its log tells why'],
	])('asks for an operator where %s', async (_, scenario, why) => {
		const { error } = await play(scenario);
		expect(error).toMatchObject({ code: 'BAKE_FAILED_AND_SERVES', exitStatus: 5, message: expect.stringContaining(why) });
	});
});
