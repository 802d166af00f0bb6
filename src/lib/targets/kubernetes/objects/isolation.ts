import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { label, labelsOf, type Names } from '../../../kubernetes/names.ts';

/** A pod that nobody reaches, and that reaches nobody: for a drill. `flowferry up` removes what a drill that was killed has left. Pure. */
export function isolationOf(names: Names, instance: string): V1NetworkPolicy & { metadata: { name: string } } {
	const pod = names.pod(instance);
	return {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'NetworkPolicy',
		metadata: { name: `${pod}-cut-off`, labels: labelsOf(names, 'drill') },
		spec: {
			podSelector: { matchLabels: { [label.instance]: names.prefix, 'statefulset.kubernetes.io/pod-name': pod } },
			policyTypes: ['Ingress', 'Egress'],
		},
	};
}
