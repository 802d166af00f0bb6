import type { V1HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { autoscaleOf } from '../../../config/autoscale.ts';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { slotNames } from '../../../promotion/journal.ts';
import { metadataOf, type Place } from './place.ts';

/**
 * One for each slot, so that none has to be turned to another slot while traffic moves: Kubernetes leaves alone what is to have no pods
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation). None where the
 * number of pods is fixed, or left to somebody else's. `autoscaling/v1` is served by every version of Kubernetes.
 */
export function autoscalersOf(place: Place, environment: NamedEnvironment): V1HorizontalPodAutoscaler[] {
	const autoscale = autoscaleOf(environment);
	if (autoscale?.cpu === undefined) return [];
	const spec = {
		minReplicas: autoscale.from,
		maxReplicas: environment.instances,
		targetCPUUtilizationPercentage: autoscale.cpu,
	};
	return slotNames.map((slot) => {
		const name = place.names.slot(slot);
		return {
			apiVersion: 'autoscaling/v1',
			kind: 'HorizontalPodAutoscaler',
			metadata: metadataOf(place, name, 'instance'),
			spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name }, ...spec },
		};
	});
}
