import type { SingletonSources } from '../../agent/protocol.ts';
import { subflowOf } from '../flows/activity.ts';
import type { FlowNode } from '../flows/node.ts';
import { compileNamePatterns } from './pattern.ts';

/** Which sources one of several instances has alone, the primary: `environments.<name>.primary`. */
export interface PrimaryPolicy {
	/** Every `inject` node. */
	timers: boolean;
	/** More of them: ids, names or types of nodes, ids or names of flows and subflows; `*` stands for any text. */
	sources: readonly string[];
	/** Those that every instance has all the same; named in the same way. */
	except: readonly string[];
}

/** A policy in the ids of some flows. Pure. */
export function resolveSingletons(flows: readonly FlowNode[], { timers, sources, except }: PrimaryPolicy): SingletonSources {
	const pinned = findPinned(flows, sources);
	const excepted = findPinned(flows, except);
	return { timers, nodes: pinned.nodes, within: pinned.within, except: [...excepted.nodes, ...excepted.within] };
}

/** Where what a node emits goes out: on the primary alone, on every instance because that was said, or on every instance as ever. */
export type Sharing = 'primary' | 'excepted' | 'everywhere';

/**
 * Decides as the agent does (`src/agent/primary.ts`). Pure.
 * @param isSource whether a node of a flow that is named as a whole emits of its own accord
 */
export function createSharing(
	flows: readonly FlowNode[],
	policy: PrimaryPolicy,
	isSource: (node: FlowNode) => boolean,
): (node: FlowNode) => Sharing {
	const { timers, nodes, within, except } = resolveSingletons(flows, policy);
	const [named, inside, excepted] = [new Set(nodes), new Set(within), new Set(except)];
	return (node) => {
		if (excepted.has(node.id)) return 'excepted';
		const isPrimarys = (timers && node.type === 'inject') || named.has(node.id) || (inside.has(node.id) && isSource(node));
		return isPrimarys ? 'primary' : 'everywhere';
	};
}

/** What a policy names and the flows do not have. Pure. */
export function findUnknownPins(flows: readonly FlowNode[], { sources, except }: PrimaryPolicy): string[] {
	return [...new Set([...sources, ...except])].filter((pin) => !flows.some(fitsPin([pin])));
}

/** The named nodes, and the nodes in the named flows. Of a subflow's instance its messages come from what is inside. */
function findPinned(flows: readonly FlowNode[], pins: readonly string[]): { nodes: string[]; within: string[] } {
	const named = flows.filter(fitsPin(pins));
	const containers = new Set(named.flatMap((node) => (isContainer(node) ? [node.id] : (subflowOf(node) ?? []))));
	return {
		nodes: named.filter((node) => !isContainer(node)).map(({ id }) => id),
		within: flows.filter(({ z }) => typeof z === 'string' && containers.has(z)).map(({ id }) => id),
	};
}

function fitsPin(pins: readonly string[]): (node: FlowNode) => boolean {
	const fits = compileNamePatterns(pins);
	return ({ id, type, name, label }) =>
		[id, type, type === 'tab' ? label : name].some((text) => typeof text === 'string' && text !== '' && fits(text));
}

function isContainer({ type }: FlowNode): boolean {
	return type === 'tab' || type === 'subflow';
}
