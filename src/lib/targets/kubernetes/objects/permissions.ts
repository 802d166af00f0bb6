import type { V1PolicyRule, V1Role, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { slotNames } from '../../../promotion/journal.ts';
import { metadataOf, ordinals, type Place } from './place.ts';
import { seatsOf } from './seats.ts';

/** What pods may do at the API server, and as whom. They make nothing, remove nothing, and read no Secret. */
export interface Permissions {
	serviceAccount: V1ServiceAccount;
	role: V1Role;
	roleBinding: V1RoleBinding;
}

export function permissionsOf(place: Place, environment: NamedEnvironment): Permissions {
	const { names, namespace } = place;
	const metadata = metadataOf(place, names.serviceAccount, 'instance');
	return {
		serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
		role: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: rulesOf(place, environment) },
		roleBinding: {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'RoleBinding',
			metadata,
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: names.serviceAccount },
			subjects: [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace }],
		},
	};
}

/** A list or a watch by labels cannot be narrowed to names: of Leases and pods it is the namespace's. */
function rulesOf({ names }: Place, environment: NamedEnvironment): V1PolicyRule[] {
	const pods = slotNames.flatMap((slot) => ordinals(environment.instances).map((index) => names.pod(`${slot}/${index}`)));
	return [
		{
			apiGroups: ['coordination.k8s.io'],
			resources: ['leases'],
			resourceNames: seatsOf(environment).map(names.lease),
			verbs: ['get', 'update', 'patch'],
		},
		{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] },
		{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
		{ apiGroups: [''], resources: ['pods'], resourceNames: pods, verbs: ['patch'] },
		// By its name alone, which a list or a watch of that one object has, too.
		{ apiGroups: [''], resources: ['configmaps'], resourceNames: [names.journal], verbs: ['get', 'list', 'watch'] },
	];
}
