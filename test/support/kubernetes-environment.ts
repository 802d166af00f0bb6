import { environmentOf, type NamedEnvironment } from '../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../src/lib/config/load.ts';
import { placeOf } from '../../src/lib/targets/kubernetes/objects/place.ts';
import type { SlotRelease } from '../../src/lib/targets/kubernetes/objects/slot-objects.ts';

/** An environment on Kubernetes, by further keys of its configuration as YAML's flow style has them. */
export function kubernetesEnvironment(keys = 'mode: hot-spare'): NamedEnvironment {
	return environmentOf(parseConfig(`dev: { url: http://x }\nenvironments: { production: { target: kubernetes, ${keys} } }`, 'f', {}));
}

export const place = (namespace = 'plant') => placeOf({ ...kubernetesEnvironment(), name: 'production' }, namespace);

export const slotRelease: SlotRelease = {
	slot: 'blue',
	release: { number: 7, snapshot: '3f9a1c0'.padEnd(64, 'e'), created: '2026-01-01T00:00:00.000Z' },
	image: 'registry.example/plant:7',
	flowChunks: 2,
	replicas: 2,
};
