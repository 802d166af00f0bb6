import { assertCurrent } from '../../../src/lib/cutover/plan-gate.ts';
import type { Plan } from '../../../src/lib/plan/plan.ts';
import type { Target } from '../../../src/lib/targets/target.ts';

const plan = (release: number | null) => ({ environment: 'production', from: release === null ? null : { release } }) as Plan;
const serving = (number: number | null) =>
	({
		journal: {
			servingSlot: async () => (number === null ? null : 'blue'),
			slots: async () => ({ blue: number === null ? null : { number }, green: null }),
		},
	}) as unknown as Target;

describe('a plan that was agreed to', () => {
	it.each([null, 3])('holds while the same release serves: %p', async (number) => {
		await expect(assertCurrent(plan(number), serving(number))).resolves.toBeUndefined();
	});

	it.each([
		[null, 1],
		[3, 4],
		[3, null],
	])('is not carried out where %p served and %p serves now', async (before, now) => {
		await expect(assertCurrent(plan(before), serving(now))).rejects.toMatchObject({ code: 'PLAN_OUTDATED', exitStatus: 6 });
	});
});
