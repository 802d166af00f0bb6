import { FlowferryError } from '../errors/flowferry-error.ts';
import type { LeaseTiming } from '../lease/lease.ts';
import type { PrimaryPolicy } from '../lint/singletons.ts';
import type { RouterKind } from '../routers/router.ts';
import type { ContextStoreKind } from './context.ts';
import { defaultInstances } from './instance-ports.ts';
import { nearest } from './nearest.ts';
import type { Config, EnvironmentConfig } from './schema.ts';
import { contextStoreOf, leaseTimingOf, routerOf } from './target-defaults.ts';

/** One environment with everything decided: what promotions and targets work with. */
export type NamedEnvironment = Omit<EnvironmentConfig, 'primary' | 'router' | 'lease'> & {
	router: RouterKind;
	name: string;
	/** Absolute. */
	directory: string;
	/** In each slot. */
	instances: number;
	/** What the primary alone fires; null where none is elected. */
	primary: PrimaryPolicy | null;
	context: { store: ContextStoreKind };
	lease: LeaseTiming;
};

/**
 * The environment of that name; without a name, the only one there is.
 * @throws FlowferryError ENVIRONMENT_UNKNOWN, ENVIRONMENT_AMBIGUOUS
 */
export function environmentOf(config: Config, name?: string): NamedEnvironment {
	const names = Object.keys(config.environments);
	const chosen = name ?? (names.length === 1 ? names[0] : undefined);
	if (chosen === undefined) {
		throw new FlowferryError({
			code: 'ENVIRONMENT_AMBIGUOUS',
			message: `There are ${names.length} environments: ${names.join(', ')}`,
			hint: `Name one of them: ${names[0]}.`,
		});
	}
	const environment = Object.hasOwn(config.environments, chosen) ? config.environments[chosen] : undefined;
	if (environment === undefined) {
		const meant = nearest(chosen, names);
		throw new FlowferryError({
			code: 'ENVIRONMENT_UNKNOWN',
			message: `There is no environment ${chosen}; the configuration has ${names.join(', ')}`,
			hint: meant === undefined ? 'Name one of these, or add it under `environments`.' : `Did you mean ${meant}?`,
		});
	}
	const { target, mode, context } = environment;
	const instances = environment.instances ?? defaultInstances;
	return {
		...environment,
		name: chosen,
		router: routerOf(environment),
		directory: environment.directory ?? `.flowferry/environments/${chosen}`,
		instances,
		primary: primaryOf(environment),
		context: { ...context, store: contextStoreOf({ target, mode, instances, store: context.store }) },
		lease: leaseTimingOf(environment),
	};
}

const defaultPrimary: PrimaryPolicy = { timers: true, sources: [], except: [] };

/** Null where nothing is to fire once, or where there is one instance anyway. */
export function primaryOf(environment: Pick<EnvironmentConfig, 'mode' | 'instances' | 'primary'>): PrimaryPolicy | null {
	if (environment.mode === 'hot-spare' || (environment.instances ?? defaultInstances) === 1) return null;
	const policy = environment.primary ?? defaultPrimary;
	return policy.timers || policy.sources.length > 0 ? policy : null;
}
