import type { KubernetesObject, V1Lease, V1Secret } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { annotation } from '../../../kubernetes/names.ts';
import { slotNames } from '../../../promotion/journal.ts';
import { autoscalersOf } from './autoscalers.ts';
import { type BudgetVersion, disruptionBudget, networkPolicy } from './guards.ts';
import { permissionsOf } from './permissions.ts';
import { metadataOf, type Place } from './place.ts';
import { seatsOf } from './seats.ts';
import { podsService, publicService } from './services.ts';
import { base64 } from './slot-objects.ts';

/**
 * What outlives an environment's releases, in the order in which it is to be made: without secrets, without anything that pods write, and
 * without the Service that follows the slot that is being prepared.
 */
export function lastingObjects(place: Place, environment: NamedEnvironment, budget: BudgetVersion): KubernetesObject[] {
	const { serviceAccount, role, roleBinding } = permissionsOf(place, environment);
	return [
		serviceAccount,
		role,
		roleBinding,
		networkPolicy(place, environment),
		podsService(place),
		publicService(place, environment),
		...slotNames.map((slot) => disruptionBudget(place, environment, slot, budget)),
		...autoscalersOf(place, environment),
	];
}

/** The seats' Leases, with nobody in them: for pods may write Leases, but make none. To be made, never applied over one that is there. */
export function seatLeases(place: Place, environment: NamedEnvironment): V1Lease[] {
	return seatsOf(environment).map((seat) => ({
		apiVersion: 'coordination.k8s.io/v1',
		kind: 'Lease',
		metadata: { ...metadataOf(place, place.names.lease(seat), 'lease'), annotations: { [annotation.seat]: seat } },
		spec: {},
	}));
}

/** The bearer token of the control servers. */
export function tokenSecret(place: Place, token: string): V1Secret {
	return {
		apiVersion: 'v1',
		kind: 'Secret',
		type: 'Opaque',
		metadata: metadataOf(place, place.names.token, 'state'),
		data: { token: base64(token) },
	};
}
