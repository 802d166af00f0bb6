import type { KubernetesObject } from '@kubernetes/client-node';

/**
 * An object as Kubernetes writes it. The client library calls a rule's `from` `_from`, and translates it on its way to the API server.
 */
export function manifestOf(object: KubernetesObject): Record<string, unknown> {
	return renamed(object) as Record<string, unknown>;
}

function renamed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(renamed);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key === '_from' ? 'from' : key, renamed(each)]));
}
