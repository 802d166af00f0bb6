import { z } from 'zod';
import type { Mode } from '../flows/mode.ts';
import { ports } from '../kubernetes/names.ts';
import type { RouterProgram } from '../routers/router.ts';
import type { TargetKind } from '../targets/target-kind.ts';
import { autoscale, autoscaleFaults } from './autoscale.ts';
import type { ContextStoreKind } from './context.ts';
import { defaultInstances } from './instance-ports.ts';

/** The part of an environment's schema that says how it runs on a Kubernetes cluster: `target: kubernetes`. */

/** A claim's name, where it appears, and `:ro`. */
const claim = z.string().regex(/^[a-z0-9][a-z0-9.-]*:\/[^:]*(:(ro|rw))?$/, {
	message: 'must be a PersistentVolumeClaim and a path: `plant-data:/data` or `plant-data:/data:ro`',
});
const labelValues = z.record(z.string().min(1), z.string());
const quantity = z
	.string()
	.regex(/^[0-9.]+([mkKMGTPE]i?|e[0-9]+)?$/, { message: 'must be a quantity as Kubernetes writes it: `500m`, `256Mi`' });

/** Which go together is the API server's to say. */
const toleration = z.strictObject({
	key: z.string().min(1).optional().describe("The taint's; default: any."),
	operator: z.enum(['Exists', 'Equal']).default('Equal').describe('`Equal`: of this value; `Exists`: of any.'),
	value: z.string().optional().describe('With `Equal`.'),
	effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional().describe("The taint's; default: any."),
	tolerationSeconds: z.int().min(0).optional().describe('With `NoExecute`: how long a pod stays; default: for ever.'),
});

export const kubernetes = z.strictObject({
	kubeconfig: z
		.string()
		.min(1)
		.optional()
		.describe("The kubeconfig file; default: as for kubectl: KUBECONFIG, `~/.kube/config`, or within a cluster the pod's own account."),
	context: z.string().min(1).optional().describe("The kubeconfig's context; default: its current one."),
	namespace: z
		.string()
		.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { message: 'must be the name of a namespace' })
		.optional()
		.describe("An existing namespace; default: the context's, else `default`."),
	name: z
		.string()
		.regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, { message: 'must have small letters, digits and `-` alone, 40 at most' })
		.optional()
		.describe('What the names of its objects begin with; default `flowferry-<environment>`.'),
	image: z
		.string()
		.min(1)
		.optional()
		.describe(
			'What pods run: an image by `flowferry image build`, where the cluster gets it. `{snapshot}` stands for the first 12 digits of the snapshot. `promote --image` names another for one promotion.',
		),
	build: z
		.boolean()
		.default(false)
		.describe(
			"Has a promotion build the image, on the engine that `docker` names and on its `docker.image`, and push it where `image` has a registry. Without `image` it stays there: for a cluster that has that engine's images.",
		),
	pullPolicy: z
		.enum(['IfNotPresent', 'Always', 'Never'])
		.default('IfNotPresent')
		.describe("When nodes get the image: Kubernetes' own words."),
	pullSecrets: z.array(z.string().min(1)).default([]).describe('Existing Secrets that nodes sign in to the registry with.'),
	volumes: z
		.array(claim)
		.default([])
		.describe('Existing claims that instances see, such as `plant-data:/data`. All instances of both slots see the same.'),
	resources: z
		.strictObject({
			requests: z.record(z.string(), quantity).default({ cpu: '100m', memory: '192Mi' }).describe('What a node must have free.'),
			limits: z.record(z.string(), quantity).default({ memory: '512Mi' }).describe('What Node-RED and its runner get at most.'),
		})
		.prefault({})
		.describe("Each instance's."),
	autoscale: autoscale
		.optional()
		.describe('For load-balanced mode: pods come and go with the load. Default: there are always as many as `instances` says.'),
	service: z
		.strictObject({
			type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).default('ClusterIP').describe('How the Service is reached.'),
			nodePort: z.int().min(1).max(65535).optional().describe('With NodePort: which; default: one that the cluster chooses.'),
			annotations: labelValues.default({}).describe('What a load balancer of the cluster asks for.'),
		})
		.prefault({})
		.describe('By which users come in; its port is `port`.'),
	nodeSelector: labelValues.default({}).describe('Labels that nodes must have.'),
	tolerations: z
		.array(toleration)
		.default([])
		.describe(
			"Taints of nodes that pods put up with, in Kubernetes' own words. With `node.kubernetes.io/unreachable` and `tolerationSeconds` pods are taken off a node that is lost sooner than after five minutes.",
		),
	annotations: labelValues.default({}).describe("On the pods: a mesh's, a log collector's."),
});
export type KubernetesSettings = z.infer<typeof kubernetes>;

/** Ports of each pod's own, by what a message calls them. */
export const ownPodPorts: Record<string, number> = Object.fromEntries(
	Object.entries(ports).map(([purpose, port]) => [`a port of each pod's own (${purpose})`, port]),
);

/** What `host` is where the configuration says nothing. */
const LOOPBACK = '127.0.0.1';
/** Where an image has flowferry's programs and the palette. */
const OWN_FOLDER = /:\/(?:flowferry(?:\/[^:]*)?)?(?::|$)/;

/** Keys of an environment that have no meaning on Kubernetes; pure. Which image pods run, a promotion may say. */
export function kubernetesFaults(environment: {
	target: TargetKind;
	mode: Mode;
	instances?: number | undefined;
	router?: RouterProgram | undefined;
	nodeRed?: string | undefined;
	directory?: string | undefined;
	host: string;
	accessLog?: object | undefined;
	metricsPort?: number | undefined;
	editor: { access: string };
	context: { store?: ContextStoreKind | undefined };
	kubernetes: Pick<KubernetesSettings, 'service' | 'volumes' | 'resources' | 'autoscale'>;
}): { path: string[]; message: string }[] {
	const { target, router, nodeRed, directory, host, accessLog, metricsPort, editor, context, kubernetes: settings } = environment;
	if (target !== 'kubernetes') return [];
	const { service, volumes, resources, autoscale: scaled } = settings;
	const { mode, instances = defaultInstances } = environment;
	const faults: [boolean, string[], string][] = [
		[router !== undefined, ['router'], 'is a Service on Kubernetes: leave it out'],
		[nodeRed !== undefined, ['nodeRed'], 'comes with the image on Kubernetes: leave it out'],
		[directory !== undefined, ['directory'], "is objects of the cluster's on Kubernetes: leave it out"],
		[host !== LOOPBACK, ['host'], 'is what `kubernetes.service` makes it on Kubernetes: leave it out'],
		[accessLog !== undefined, ['accessLog'], 'is not written on Kubernetes: leave it out, and have the ingress or the mesh write one'],
		[metricsPort !== undefined, ['metricsPort'], "would be at each pod's loopback on Kubernetes, where nobody reads it: leave it out"],
		[editor.access !== 'off', ['editor'], 'cannot be opened on Kubernetes, where the Service is all that is published: leave it out'],
		[context.store === 'sqlite', ['context', 'store'], 'cannot be sqlite on Kubernetes, where instances share no file: leave it out'],
		[
			service.nodePort !== undefined && service.type !== 'NodePort',
			['kubernetes', 'service', 'nodePort'],
			'is for `type: NodePort`: set that, or leave it out',
		],
		[
			volumes.some((volume) => OWN_FOLDER.test(volume)),
			['kubernetes', 'volumes'],
			"must not cover /flowferry, where the image has the palette and flowferry's programs: choose another path",
		],
	];
	return [
		...faults.filter(([isFault]) => isFault).map(([, path, message]) => ({ path, message })),
		...(scaled ? autoscaleFaults(scaled, { mode, instances, resources }) : []),
	];
}
