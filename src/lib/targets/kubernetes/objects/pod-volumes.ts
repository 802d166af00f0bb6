import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { Names } from '../../../kubernetes/names.ts';
import type { SlotName } from '../../../promotion/journal.ts';
import { paths } from './paths.ts';

/**
 * For the owner alone. A pod's `fsGroup` has the files given to its group, which may read them then: that is how the user in the image
 * reads what the kubelet wrote as root.
 */
const OWNER_READS = 0o400;
/** As the kubelet asks for the tokens of an account by itself: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
const ACCOUNT_TOKEN_SECONDS = 3607;

export interface SlotVolumes {
	volumes: V1Volume[];
	/** What each container sees of them. */
	mounts: { nodeRed: V1VolumeMount[]; gateway: V1VolumeMount[] };
}

/** @param claims `kubernetes.volumes` */
export function volumesOf(names: Names, slot: SlotName, flowChunks: number, claims: readonly string[]): SlotVolumes {
	const claimed = claims.map(readClaim);
	const claimNames = [...new Set(claimed.map(({ claim }) => claim))];
	const volumeOf = (claim: string) => `claim-${claimNames.indexOf(claim)}`;
	const secret = (name: string, secretName: string): V1Volume => ({ name, secret: { secretName, defaultMode: OWNER_READS } });
	return {
		volumes: [
			secret('config', names.slot(slot)),
			secret('token', names.token),
			{ name: 'flows', projected: { sources: Array.from({ length: flowChunks }, (_, part) => flowSource(names.flows(slot, part), part)) } },
			{ name: 'gateway-config', configMap: { name: names.gateway(slot) } },
			{ name: 'gateway-state', emptyDir: {} },
			account,
			...claimNames.map((claimName) => ({ name: volumeOf(claimName), persistentVolumeClaim: { claimName } })),
		],
		mounts: {
			nodeRed: [
				{ name: 'config', mountPath: paths.config, readOnly: true },
				{ name: 'flows', mountPath: paths.flows, readOnly: true },
				tokenMount,
				{ name: 'account', mountPath: paths.account, readOnly: true },
				...claimed.map(({ claim, mount }) => ({ name: volumeOf(claim), ...mount })),
			],
			gateway: [
				{ name: 'gateway-config', mountPath: paths.gatewayConfig, readOnly: true },
				{ name: 'gateway-state', mountPath: paths.gatewayState },
				tokenMount,
			],
		},
	};
}

const tokenMount: V1VolumeMount = { name: 'token', mountPath: '/flowferry/token', readOnly: true };

const flowSource = (name: string, part: number) => ({ configMap: { name, items: [{ key: 'flows', path: `${part}/flows` }] } });

/** The pod's account, as the kubelet would mount it into every container: the gateway, which strangers talk to, needs none. */
const account: V1Volume = {
	name: 'account',
	projected: {
		defaultMode: OWNER_READS,
		sources: [
			{ serviceAccountToken: { path: 'token', expirationSeconds: ACCOUNT_TOKEN_SECONDS } },
			{ configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
			{ downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
		],
	},
};

/** `plant-data:/data:ro` */
function readClaim(text: string) {
	const [claim, mountPath, access] = text.split(':') as [string, string, string | undefined];
	return { claim, mount: access === 'ro' ? { mountPath, readOnly: true } : { mountPath } };
}
