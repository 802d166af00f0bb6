import { atEnvironment } from './at-environment.ts';
import type { Context } from './context.ts';
import type { NamedEnvironment } from './lib/config/environment-of.ts';
import type { PlanInput } from './lib/plan/plan.ts';
import { servingRelease } from './lib/promotion/serving.ts';

/** What the environment before runs, as its own target has it; null where none comes before. */
export async function stageBefore(context: Context, { after }: NamedEnvironment): Promise<PlanInput['stage']> {
	if (after === undefined) return null;
	const serving = await atEnvironment(context, after, servingRelease);
	return { environment: after, snapshot: serving?.release.snapshot ?? null };
}
