import { randomBytes } from 'node:crypto';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { KubernetesLeaseStore } from '../../kubernetes/kubernetes-lease-store.ts';
import { apply, ensure, remove } from './apply.ts';
import { endIsolation } from './inject-fault.ts';
import { autoscalersThere } from './leftovers.ts';
import { autoscalersOf } from './objects/autoscalers.ts';
import { lastingObjects, tokenSecret } from './objects/environment-objects.ts';
import type { BudgetVersion } from './objects/guards.ts';
import type { Place } from './objects/place.ts';
import { seatsOf } from './objects/seats.ts';

export interface LastingParts {
	cluster: Cluster;
	place: Place;
	environment: NamedEnvironment;
	leases: Pick<KubernetesLeaseStore, 'createLeases'>;
}

/** Has an environment's objects that outlive releases be as they are configured, also where somebody has removed or changed them. */
export async function ensureLasting({ cluster, place, environment, leases }: LastingParts): Promise<void> {
	await ensure(cluster, tokenSecret(place, randomBytes(32).toString('hex')));
	await leases.createLeases(seatsOf(environment));
	for (const object of lastingObjects(place, environment, await budgetVersionOf(cluster))) await apply(cluster, object);
	await dropAutoscalers(cluster, place, environment);
	await endIsolation(cluster, place.names);
}

/** Removes those that the configuration asks for no more. */
async function dropAutoscalers(cluster: Cluster, place: Place, environment: NamedEnvironment): Promise<void> {
	if (autoscalersOf(place, environment).length > 0) return;
	for (const autoscaler of (await autoscalersThere(cluster, place.names)) ?? []) await remove(cluster, autoscaler);
}

export async function budgetVersionOf({ apis }: Cluster): Promise<BudgetVersion> {
	const { groups } = await apis.getAPIVersions();
	const policy = groups.find(({ name }) => name === 'policy');
	return policy?.versions.some(({ version }) => version === 'v1') ? 'policy/v1' : 'policy/v1beta1';
}
