import { z } from 'zod';
import type { Mode } from '../flows/mode.ts';
import type { TargetKind } from '../targets/target-kind.ts';

/** The part of an environment's schema that says how its number of pods follows the load: `kubernetes.autoscale`. */
export const autoscale = z.strictObject({
	from: z.int().min(1).max(16).describe('How many pods a slot has at least; `instances` is how many it has at most.'),
	cpu: z
		.int()
		.min(1)
		.max(100)
		.optional()
		.describe(
			'How many per cent of the CPU that pods request they are to use: flowferry makes a HorizontalPodAutoscaler for each slot. Default: none is made, and the number is left to an autoscaler of your own.',
		),
});
export type Autoscale = z.infer<typeof autoscale>;

/** Null where there are always as many pods as `instances` says. */
export function autoscaleOf(environment: { target: TargetKind; kubernetes: { autoscale?: Autoscale | undefined } }): Autoscale | null {
	const { target, kubernetes } = environment;
	return target === 'kubernetes' ? (kubernetes.autoscale ?? null) : null;
}

/** Pure. */
export function autoscaleFaults(
	{ from, cpu }: Autoscale,
	{ mode, instances, resources }: { mode: Mode; instances: number; resources: Record<'requests' | 'limits', Record<string, string>> },
): { path: string[]; message: string }[] {
	const faults: [boolean, string[], string][] = [
		[mode === 'hot-spare', [], 'is for load-balanced mode: in hot-spare mode one instance runs the flows, however many there are'],
		[from > instances, ['from'], `is more than \`instances\` (${instances}), which is the most there may be: set a higher one of these`],
		[
			// A limit without a request is the request, too.
			cpu !== undefined && resources.requests.cpu === undefined && resources.limits.cpu === undefined,
			['cpu'],
			'is a share of the CPU that pods request, and they request none: set `kubernetes.resources.requests.cpu`',
		],
	];
	return faults.filter(([isFault]) => isFault).map(([, path, message]) => ({ path: ['kubernetes', 'autoscale', ...path], message }));
}
