import type { V1ConfigMap } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { label, ports } from '../../../kubernetes/names.ts';
import type { SlotName } from '../../../promotion/journal.ts';
import type { GatewayConfig } from '../../../routers/gateway/protocol.ts';
import { configKey, paths } from './paths.ts';
import { metadataOf, ordinals, type Place } from './place.ts';

/** Until the last node knows that a pod serves no more. */
const LEAVE_MS = 1000;

/** What the gateways of a slot's pods are started with, a file for each ordinal. It is the same for every release. */
export function gatewayConfigMap(place: Place, environment: NamedEnvironment, slot: SlotName): V1ConfigMap {
	const metadata = metadataOf(place, place.names.gateway(slot), 'router');
	const files = ordinals(environment.instances).map((index) => [
		configKey(index),
		`${JSON.stringify(gatewayConfig(environment, `${slot}/${index}`))}\n`,
	]);
	return {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { ...metadata, labels: { ...metadata.labels, [label.slot]: slot } },
		data: Object.fromEntries(files),
	};
}

function gatewayConfig({ name, webSockets, hold }: NamedEnvironment, instance: string): GatewayConfig {
	return {
		name,
		host: '0.0.0.0',
		port: ports.http,
		tokenFile: paths.tokenFile,
		controlPort: ports.gatewayControl,
		stateFile: `${paths.gatewayState}/gateway.json`,
		traffic: { state: 'flowing', upstreams: [{ instance, url: `http://127.0.0.1:${ports.nodeRed}` }] },
		leaveMs: LEAVE_MS,
		webSockets,
		takeover: { maxMs: hold.takeoverMs, maxRequests: hold.maxRequests },
		accessLog: null,
		metricsPort: null,
	};
}
