import type { Instances } from '../../keeper/api.ts';
import { effects } from '../../keeper/api.ts';
import type { Instance } from '../instance.ts';

/** An instance by its environment's keeper. @param check made before each call that changes something */
export function dockerInstance(name: string, instances: Instances, check: () => Promise<void>): Instance {
	const calls = Object.entries(effects.instances).map(([method, effect]) => {
		const call = instances[method as keyof Instances] as (name: string, ...args: unknown[]) => Promise<unknown>;
		return [
			method,
			async (...args: unknown[]) => {
				if (effect !== 'reads') await check();
				return await call(name, ...args);
			},
		];
	});
	return { name, ...Object.fromEntries(calls) } as Instance;
}
