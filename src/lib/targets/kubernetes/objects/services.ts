import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { label, type Names, ports } from '../../../kubernetes/names.ts';
import type { SlotName } from '../../../promotion/journal.ts';
import { metadataOf, type Place } from './place.ts';

/** Users come in by this one: it leads to the pods that bear the label of those that serve. */
export function publicService(place: Place, { port, kubernetes: { service } }: NamedEnvironment): V1Service {
	const { names } = place;
	const annotated = Object.keys(service.annotations).length === 0 ? {} : { annotations: service.annotations };
	return {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { ...metadataOf(place, names.service, 'router'), ...annotated },
		spec: {
			type: service.type,
			// Who serves says the label alone. A pod that is told to end goes on taking connections and passing them on until its successor, who
			// takes its label off, has its own; by readiness it would be out at once, and nobody in.
			publishNotReadyAddresses: true,
			selector: servingSelector(names),
			ports: [{ ...httpPort(port), ...(service.nodePort === undefined ? {} : { nodePort: service.nodePort }) }],
		},
	};
}

/** Of the pods that users reach. */
export function servingSelector({ prefix }: Names): Record<string, string> {
	return { [label.instance]: prefix, [label.serving]: 'true' };
}

/** To look at a release before it serves. @param slot the one that is being prepared */
export function previewService(place: Place, { port }: Pick<NamedEnvironment, 'port'>, slot: SlotName): V1Service {
	const { names } = place;
	return {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: metadataOf(place, names.preview, 'router'),
		spec: {
			type: 'ClusterIP',
			selector: { [label.instance]: names.prefix, [label.component]: 'instance', [label.slot]: slot },
			ports: [httpPort(port)],
		},
	};
}

/** The StatefulSets' own: a name of DNS for each pod, whether it is ready or not. */
export function podsService(place: Place): V1Service {
	const { names } = place;
	return {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: metadataOf(place, names.pods, 'router'),
		spec: {
			clusterIP: 'None',
			publishNotReadyAddresses: true,
			selector: { [label.instance]: names.prefix, [label.component]: 'instance' },
			ports: [httpPort(ports.http)],
		},
	};
}

function httpPort(port: number): V1ServicePort {
	return { name: 'http', protocol: 'TCP', port, targetPort: ports.http };
}
