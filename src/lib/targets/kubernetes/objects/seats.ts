import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { ordinals } from './place.ts';

/** The seats that an environment's pods compete for: a Lease each. */
export function seatsOf({ mode, instances, primary }: Pick<NamedEnvironment, 'mode' | 'instances' | 'primary'>): string[] {
	if (mode === 'hot-spare') return ['active'];
	const own = ordinals(instances).map((index) => `active/${index}`);
	return primary === null ? own : [...own, 'primary'];
}
