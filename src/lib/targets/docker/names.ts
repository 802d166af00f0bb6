import type { NamedEnvironment } from '../../config/environment-of.ts';

/** What an environment's things are called on its engine. */
export interface Names {
	/** Of all of them the beginning: `flowferry-production`. */
	prefix: string;
	network: string;
	volume: string;
	keeper: string;
	router: string;
	/** @param instance `blue/0` */
	instance(instance: string): string;
}

export function namesOf({ name, docker }: Pick<NamedEnvironment, 'name' | 'docker'>): Names {
	const prefix = docker.name ?? `flowferry-${name}`;
	return {
		prefix,
		network: prefix,
		volume: `${prefix}-state`,
		keeper: `${prefix}-keeper`,
		router: `${prefix}-router`,
		instance: (instance) => `${prefix}-${aliasOf(instance)}`,
	};
}

/** By which name an instance is found in its network: `blue-0` of `blue/0`. */
export function aliasOf(instance: string): string {
	return instance.replace('/', '-');
}

/** What each thing on the engine says of itself. */
export const label = {
	/** The prefix of the environment's names. */
	environment: 'org.flowferry.environment',
	part: 'org.flowferry.part',
	slot: 'org.flowferry.slot',
	index: 'org.flowferry.index',
	/** A release's number. */
	release: 'org.flowferry.release',
	/** A snapshot's id. */
	snapshot: 'org.flowferry.snapshot',
	/** What it was made from: one that was made from something else is made anew. */
	recipe: 'org.flowferry.recipe',
} as const;

export type Part = 'instance' | 'router' | 'keeper' | 'network' | 'volume';
