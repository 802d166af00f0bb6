/** Where a pod's containers find what they are given. */
export const paths = {
	/** Of the runner: `<ordinal>.json` and the environment's settings. */
	config: '/flowferry/config',
	/** The parts of the flows: `0/flows`, `1/flows`, … */
	flows: '/flowferry/flows',
	/** The bearer token of the control servers. */
	tokenFile: '/flowferry/token/token',
	/** Of the gateway: `<ordinal>.json`. */
	gatewayConfig: '/flowferry/gateway',
	/** The gateway's own folder, which ends with the pod. */
	gatewayState: '/flowferry/gateway-state',
	/** Where clients of the API server look for their account, by Kubernetes' own convention. */
	account: '/var/run/secrets/kubernetes.io/serviceaccount',
} as const;

/** A key of the slot's files for the pod with this ordinal. */
export function configKey(index: number): string {
	return `${index}.json`;
}
