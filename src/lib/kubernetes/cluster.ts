import {
	ApisApi,
	AppsV1Api,
	CoordinationV1Api,
	CoreV1Api,
	KubernetesObjectApi,
	NetworkingV1Api,
	RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import type { ClusterConfig } from './cluster-config.ts';

/** One namespace of a cluster, and the APIs to work in it. */
export interface Cluster {
	/** Makes clients of further APIs: `config.makeApiClient(PolicyV1Api)`. */
	config: ClusterConfig;
	/** What to call it in messages: `context plant (10.0.0.1:6443)`. */
	name: string;
	namespace: string;
	core: CoreV1Api;
	apps: AppsV1Api;
	coordination: CoordinationV1Api;
	rbac: RbacAuthorizationV1Api;
	networking: NetworkingV1Api;
	/** What the API server serves at all. */
	apis: ApisApi;
	/** Any object by its kind: server-side apply. */
	objects: KubernetesObjectApi;
	/** Ends its connections; what is under way on them fails. */
	close(): void;
}

export function clusterOf(config: ClusterConfig, name: string, namespace: string): Cluster {
	return {
		config,
		name,
		namespace,
		core: config.makeApiClient(CoreV1Api),
		apps: config.makeApiClient(AppsV1Api),
		coordination: config.makeApiClient(CoordinationV1Api),
		rbac: config.makeApiClient(RbacAuthorizationV1Api),
		networking: config.makeApiClient(NetworkingV1Api),
		apis: config.makeApiClient(ApisApi),
		objects: KubernetesObjectApi.makeApiClient(config),
		close: () => config.close(),
	};
}
