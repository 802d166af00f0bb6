import type { V1Container, V1EnvVar, V1VolumeMount } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { ports } from '../../../kubernetes/names.ts';
import { PID_1 } from '../pid-1.ts';
import { paths } from './paths.ts';

const NODE_RED = 'node-red';
const GATEWAY = 'gateway';

/** With the pod's ordinal, which its name ends with. */
const GATEWAY_COMMAND = `exec node /flowferry/dist/gateway/main.js "${paths.gatewayConfig}/\${POD_NAME##*-}.json"`;

/**
 * A pod's containers are told to end in the same moment. The gateway passes requests on until the runner, which hands its flows over
 * first, has closed its probes; what comes later is told to connect again (`leaveMs`).
 */
const GATEWAY_WAITS = `const look=()=>require('node:net').connect(${ports.probes},'127.0.0.1').on('connect',function(){this.destroy();setTimeout(look,100)}).on('error',()=>process.exit());look()`;

const unprivileged = { allowPrivilegeEscalation: false, privileged: false, capabilities: { drop: ['ALL'] } };

const fromField = (name: string, fieldPath: string): V1EnvVar => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } });
const env = [fromField('POD_NAME', 'metadata.name'), fromField('POD_IP', 'status.podIP'), fromField('POD_UID', 'metadata.uid')];

/** The runner and its Node-RED. */
export function nodeRedContainer(environment: NamedEnvironment, image: string, volumeMounts: V1VolumeMount[]): V1Container {
	const { kubernetes, timeouts } = environment;
	const probe = (path: string) => ({ httpGet: { path, port: ports.probes, scheme: 'HTTP' } });
	return {
		name: NODE_RED,
		image,
		imagePullPolicy: kubernetes.pullPolicy,
		command: [...PID_1],
		args: ['node', '/flowferry/dist/runner/main.js', '--config-folder', paths.config],
		env,
		ports: [
			{ name: 'control', containerPort: ports.control, protocol: 'TCP' },
			{ name: 'probes', containerPort: ports.probes, protocol: 'TCP' },
		],
		// Node-RED's own health is the runner's to judge; here it is the runner's.
		startupProbe: { ...probe('/live'), periodSeconds: 1, timeoutSeconds: 2, failureThreshold: Math.ceil(timeouts.startMs / 1000) },
		// A runner that stands still for a while may go on; its spare has taken over long before.
		livenessProbe: { ...probe('/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
		readinessProbe: { ...probe('/ready'), periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
		resources: kubernetes.resources,
		securityContext: unprivileged,
		volumeMounts,
	};
}

/** By which users and other gateways come in. */
export function gatewayContainer({ kubernetes }: NamedEnvironment, image: string, volumeMounts: V1VolumeMount[]): V1Container {
	return {
		name: GATEWAY,
		image,
		imagePullPolicy: kubernetes.pullPolicy,
		command: ['/bin/sh', '-c', GATEWAY_COMMAND],
		env,
		ports: [{ name: 'http', containerPort: ports.http, protocol: 'TCP' }],
		readinessProbe: { tcpSocket: { port: ports.http }, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
		lifecycle: { preStop: { exec: { command: ['node', '-e', GATEWAY_WAITS] } } },
		resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
		securityContext: { ...unprivileged, readOnlyRootFilesystem: true },
		volumeMounts,
	};
}
