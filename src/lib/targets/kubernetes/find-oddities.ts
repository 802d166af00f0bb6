import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import type { KubernetesLeaseStore } from '../../kubernetes/kubernetes-lease-store.ts';
import { slotNames } from '../../promotion/journal.ts';
import { autoscalersThere } from './leftovers.ts';
import { autoscalersOf } from './objects/autoscalers.ts';
import type { Place } from './objects/place.ts';
import { seatsOf } from './objects/seats.ts';
import { odditiesOf } from './oddities.ts';
import type { Pods } from './pods.ts';
import type { ServiceRouter } from './service-router.ts';
import type { SlotContents } from './slot-contents.ts';
import type { SlotSizes } from './slot-sizes.ts';
import type { StatefulSets } from './stateful-sets.ts';

export interface OdditiesParts {
	environment: NamedEnvironment;
	cluster: Cluster;
	place: Place;
	contents: Pick<SlotContents, 'read'>;
	sets: Pick<StatefulSets, 'replicas'>;
	sizes: Pick<SlotSizes, 'boundsOf'>;
	pods: Pick<Pods, 'list'>;
	service: Pick<ServiceRouter, 'service'>;
	leases: Pick<KubernetesLeaseStore, 'missing'>;
}

/** Looks at an environment's objects, and says what of them is not as it should be; none where nothing was ever promoted. */
export async function findOddities(parts: OdditiesParts): Promise<string[]> {
	const { environment, cluster, place, contents, sets, sizes, pods, service, leases } = parts;
	const { names } = place;
	const read = await Promise.all(slotNames.map(async (slot) => ({ slot, file: await contents.read(slot) })));
	const filled = read.flatMap(({ slot, file }) => (file ? [{ slot, file }] : []));
	if (filled.length === 0) return [];
	const slots = await Promise.all(
		filled.map(async ({ slot, file }) => ({ slot, bounds: sizes.boundsOf(file), replicas: await sets.replicas(slot) })),
	);
	const binding = { namespace: cluster.namespace, name: names.serviceAccount };
	return odditiesOf({
		...{ environment: environment.name, names, slots },
		pods: await pods.list(),
		service: await service.service(),
		mayWriteLeases: (await ifThere(cluster.rbac.readNamespacedRoleBinding(binding))) !== null,
		missingLeases: await leases.missing(seatsOf(environment)),
		missingAutoscalers: await missingAutoscalers(cluster, place, environment),
	});
}

/** By their names; none where this account may not look. */
async function missingAutoscalers(cluster: Cluster, place: Place, environment: NamedEnvironment): Promise<string[]> {
	const wanted = autoscalersOf(place, environment).flatMap(({ metadata }) => metadata?.name ?? []);
	if (wanted.length === 0) return [];
	const there = await autoscalersThere(cluster, place.names);
	return there === null ? [] : wanted.filter((name) => there.every(({ metadata }) => metadata?.name !== name));
}
