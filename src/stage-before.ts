import type { Context } from './context.ts';
import { environmentOf, type NamedEnvironment } from './lib/config/environment-of.ts';
import type { PlanInput } from './lib/plan/plan.ts';
import { servingRelease } from './lib/promotion/serving.ts';

/** What the environment before runs, as its own target has it; null where none comes before. */
export async function stageBefore(context: Context, { after }: NamedEnvironment): Promise<PlanInput['stage']> {
	if (after === undefined) return null;
	const target = await context.openTarget(environmentOf(context.config, after));
	try {
		return { environment: after, snapshot: (await servingRelease(target))?.release.snapshot ?? null };
	} finally {
		target.close();
	}
}
