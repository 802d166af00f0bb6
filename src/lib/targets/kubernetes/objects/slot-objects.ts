import type { V1ConfigMap, V1PodTemplateSpec, V1Secret, V1StatefulSet, V1Toleration } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { annotation, label } from '../../../kubernetes/names.ts';
import type { Release, SlotName } from '../../../promotion/journal.ts';
import { configKey } from './paths.ts';
import { metadataOf, type Place } from './place.ts';
import { gatewayContainer, nodeRedContainer } from './pod-containers.ts';
import { volumesOf } from './pod-volumes.ts';

/** What a release brings to a slot. */
export interface SlotRelease {
	/** Of both containers. */
	image: string;
	slot: SlotName;
	release: Release;
	/** How many ConfigMaps hold its flows: `chunksOf(flows).length`. */
	flowChunks: number;
	/** How many pods there are to be; null: nothing is said of it, in a file that others apply beside an autoscaler. */
	replicas: number | null;
}

/** Of the user in the image. */
const USER = 1000;
/** Beyond what the runner takes to end its Node-RED: it says what became of it. */
const GRACE_SECONDS = 10;

/** Of the labels and annotations of everything that a release brings. */
function releaseMetadata(place: Place, name: string, slot: SlotName, { number, snapshot }: Release) {
	const metadata = metadataOf(place, name, 'instance');
	return {
		...metadata,
		labels: { ...metadata.labels, [label.slot]: slot, [label.release]: String(number), [label.snapshot]: snapshot.slice(0, 12) },
		annotations: { [annotation.snapshot]: snapshot },
	};
}

/** A slot's pods. flowferry itself says when one is made anew: a changed template alone ends none. */
export function statefulSetOf(place: Place, environment: NamedEnvironment, of: SlotRelease): V1StatefulSet {
	const { names } = place;
	const { slot, replicas } = of;
	return {
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: releaseMetadata(place, names.slot(slot), slot, of.release),
		spec: {
			...(replicas === null ? {} : { replicas }),
			serviceName: names.pods,
			podManagementPolicy: 'Parallel',
			updateStrategy: { type: 'OnDelete' },
			// flowferry keeps releases itself.
			revisionHistoryLimit: 1,
			selector: { matchLabels: slotSelector(place, slot) },
			template: podTemplate(place, environment, of),
		},
	};
}

/** Of a slot's pods, whatever their release. */
function slotSelector({ names }: Place, slot: SlotName): Record<string, string> {
	return { [label.instance]: names.prefix, [label.component]: 'instance', [label.slot]: slot };
}

function podTemplate(place: Place, environment: NamedEnvironment, of: SlotRelease): V1PodTemplateSpec {
	const { names } = place;
	const { kubernetes, timeouts } = environment;
	const { volumes, mounts } = volumesOf(names, of.slot, of.flowChunks, kubernetes.volumes);
	const { labels, annotations } = releaseMetadata(place, '', of.slot, of.release);
	return {
		metadata: { labels, annotations: { ...kubernetes.annotations, ...annotations } },
		spec: {
			serviceAccountName: names.serviceAccount,
			automountServiceAccountToken: false,
			terminationGracePeriodSeconds: Math.ceil(timeouts.stopMs / 1000) + GRACE_SECONDS,
			securityContext: { runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER, seccompProfile: { type: 'RuntimeDefault' } },
			...(kubernetes.pullSecrets.length === 0 ? {} : { imagePullSecrets: kubernetes.pullSecrets.map((name) => ({ name })) }),
			...(Object.keys(kubernetes.nodeSelector).length === 0 ? {} : { nodeSelector: kubernetes.nodeSelector }),
			...(kubernetes.tolerations.length === 0 ? {} : { tolerations: kubernetes.tolerations as V1Toleration[] }),
			// A node that is lost takes no more of a slot with it than it must.
			affinity: {
				podAntiAffinity: {
					preferredDuringSchedulingIgnoredDuringExecution: [
						{
							weight: 100,
							podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: slotSelector(place, of.slot) } },
						},
					],
				},
			},
			// Variables for each Service of the namespace would be in the environment of the flows.
			enableServiceLinks: false,
			containers: [nodeRedContainer(environment, of.image, mounts.nodeRed), gatewayContainer(environment, of.image, mounts.gateway)],
			volumes,
		},
	};
}

/** The flows, a ConfigMap for each part. @param chunks by `chunksOf` */
export function flowMaps(place: Place, { slot, release }: Pick<SlotRelease, 'slot' | 'release'>, chunks: readonly Buffer[]): V1ConfigMap[] {
	return chunks.map((chunk, part) => ({
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: releaseMetadata(place, place.names.flows(slot, part), slot, release),
		binaryData: { flows: chunk.toString('base64') },
	}));
}

/**
 * What the runners of a slot are told. It holds secrets.
 * @param instances the configuration of `<slot>/0`, `<slot>/1`, … as text
 * @param files others by their name: `settings.cjs`
 */
export function configSecret(
	place: Place,
	{ slot, release }: Pick<SlotRelease, 'slot' | 'release'>,
	instances: readonly string[],
	files: Readonly<Record<string, string>> = {},
): V1Secret {
	const texts = { ...Object.fromEntries(instances.map((text, index) => [configKey(index), text])), ...files };
	return {
		apiVersion: 'v1',
		kind: 'Secret',
		type: 'Opaque',
		metadata: releaseMetadata(place, place.names.slot(slot), slot, release),
		data: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, base64(text)])),
	};
}

export function base64(text: string): string {
	return Buffer.from(text).toString('base64');
}
