import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { type Component, labelsOf, type Names, namesOf } from '../../../kubernetes/names.ts';

/** Where an environment's objects are, and what they are called. */
export interface Place {
	names: Names;
	namespace: string;
}

/** @param namespace the one that the cluster's connection has settled on */
export function placeOf({ name, kubernetes }: Pick<NamedEnvironment, 'name' | 'kubernetes'>, namespace: string): Place {
	return { names: namesOf(kubernetes.name ?? `flowferry-${name}`), namespace };
}

/** What begins every object's metadata. */
export function metadataOf({ names, namespace }: Place, name: string, component: Component) {
	return { name, namespace, labels: labelsOf(names, component) };
}

/** Of a slot's pods: 0, 1, … */
export function ordinals(instances: number): number[] {
	return Array.from({ length: instances }, (_, index) => index);
}
