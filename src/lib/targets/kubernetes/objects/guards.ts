import type { KubernetesObject, V1NetworkPolicy, V1PodDisruptionBudgetSpec } from '@kubernetes/client-node';
import { autoscaleOf } from '../../../config/autoscale.ts';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { metricsPortOf } from '../../../config/instance-ports.ts';
import { label, ports } from '../../../kubernetes/names.ts';
import { type SlotName, slotNames } from '../../../promotion/journal.ts';
import { metadataOf, ordinals, type Place } from './place.ts';

/** Users and collectors of figures come from anywhere, and flows go anywhere; the control servers are for the environment's own pods. */
export function networkPolicy(place: Place, { instanceMetricsPort: metrics, instances }: NamedEnvironment): V1NetworkPolicy {
	const podSelector = { matchLabels: podsOf(place) };
	const figures =
		metrics === undefined ? [] : slotNames.flatMap((slot) => ordinals(instances).map((n) => metricsPortOf(metrics, instances, slot, n)));
	return {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'NetworkPolicy',
		metadata: metadataOf(place, place.names.prefix, 'instance'),
		spec: {
			podSelector,
			policyTypes: ['Ingress'],
			ingress: [
				{ ports: [ports.http, ...figures].map((port) => ({ protocol: 'TCP', port })) },
				{ _from: [{ podSelector }], ports: [{ protocol: 'TCP', port: ports.control }] },
			],
		},
	};
}

/** `policy/v1` is there since Kubernetes 1.21, `policy/v1beta1` until 1.24; this much is the same in both. */
export type BudgetVersion = 'policy/v1' | 'policy/v1beta1';

export interface DisruptionBudget extends KubernetesObject {
	spec: V1PodDisruptionBudgetSpec;
}

/**
 * How many of a slot's pods a drain of nodes leaves at least. In hot-spare mode one that is ready, active or not: the active one hands over
 * as it ends. In load-balanced mode all but one of those that serve, or of the least that an autoscaler leaves. Each slot has its own, for
 * pods of another release take nothing over.
 */
export function disruptionBudget(place: Place, environment: NamedEnvironment, slot: SlotName, apiVersion: BudgetVersion): DisruptionBudget {
	const { mode, instances } = environment;
	const isHotSpare = mode === 'hot-spare';
	const ofSlot = { ...podsOf(place), [label.slot]: slot };
	return {
		apiVersion,
		kind: 'PodDisruptionBudget',
		metadata: metadataOf(place, place.names.slot(slot), 'instance'),
		spec: {
			// Where there is one instance alone, nobody could take over: a budget would only have a drain wait for ever.
			minAvailable: isHotSpare ? Math.min(1, instances - 1) : (autoscaleOf(environment)?.from ?? instances) - 1,
			selector: { matchLabels: isHotSpare ? ofSlot : { ...ofSlot, [label.serving]: 'true' } },
		},
	};
}

function podsOf({ names }: Place): Record<string, string> {
	return { [label.instance]: names.prefix, [label.component]: 'instance' };
}
