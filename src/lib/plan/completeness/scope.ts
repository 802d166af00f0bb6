import { subflowOf } from '../../flows/activity.ts';
import type { FlowGraph } from '../../flows/model.ts';
import type { FlowNode } from '../../flows/node.ts';

/** What a node gets for a variable's name. */
export type Resolution =
	/** The text where it is written down; null where it is computed, secret, or this machine's. */
	| { kind: 'value'; text: string | null }
	/** Declared as a credential of this tab, group or subflow, which nothing gives. */
	| { kind: 'credential'; holder: FlowNode }
	| { kind: 'unset' };

/** What the outermost level has: the environment's variables, and the names of the credentials by node id. */
interface Outside {
	variables: ReadonlyMap<string, string | null>;
	hasCredential(id: string, name: string): boolean;
}

interface Variable {
	name?: unknown;
	type?: unknown;
	value?: unknown;
}

/**
 * Looks variables up as Node-RED does (`getSetting` of Flow, Group and Subflow, @node-red/runtime, lib/flows): in the groups around
 * a node from within, in its tab or subflow, for a subflow in each of its instances and around them, in the global configuration, at
 * last in the process. More than one outcome: a subflow's instances differ.
 */
export function createScope(graph: FlowGraph, outside: Outside): (node: FlowNode, name: string) => Resolution[] {
	const known = new Map<string, Resolution[]>();
	const globals = graph.nodes.filter(({ type, d }) => type === 'global-config' && d !== true);

	function around(node: FlowNode): FlowNode | null {
		const group = graph.byId.get(String(node.g ?? ''));
		if (group?.type === 'group' && group.id !== node.id) return group;
		const container = graph.byId.get(node.z ?? '');
		return container?.type === 'tab' || container?.type === 'subflow' ? container : null;
	}

	function lookUp(place: FlowNode | null, name: string): Resolution[] {
		const key = `${place?.id ?? ''} ${name}`;
		const before = known.get(key);
		if (before) return before;
		// What leads back to itself has no end: nothing is said of it.
		known.set(key, [{ kind: 'value', text: null }]);
		const found = place === null ? lookUpOutside(name) : place.type === 'subflow' ? lookUpInstances(place, name) : lookUpIn(place, name);
		known.set(key, found);
		return found;
	}

	function lookUpOutside(name: string): Resolution[] {
		for (const holder of globals) {
			const variable = variableOf(holder, name);
			if (variable) return evaluate(variable, name, [holder], () => inProcess(name), inProcess);
		}
		return inProcess(name);
	}

	function inProcess(name: string): Resolution[] {
		const text = outside.variables.get(name);
		return [text === undefined ? { kind: 'unset' } : { kind: 'value', text }];
	}

	function lookUpIn(place: FlowNode, name: string): Resolution[] {
		const variable = variableOf(place, name);
		const parent = (wanted: string) => lookUp(around(place), wanted);
		return variable ? evaluate(variable, name, [place], parent, (wanted) => lookUp(place, wanted)) : parent(name);
	}

	function lookUpInstances(subflow: FlowNode, name: string): Resolution[] {
		return (graph.activity.instances.get(subflow.id) ?? []).flatMap((instance) => {
			const variable = variableOf(instance, name) ?? variableOf(subflow, name);
			const parent = (wanted: string) => lookUp(around(instance), wanted);
			return variable ? evaluate(variable, name, [instance, subflow], parent, (wanted) => lookUp(subflow, wanted)) : parent(name);
		});
	}

	function evaluate(
		{ type, value }: Variable,
		name: string,
		holders: readonly FlowNode[],
		parent: (wanted: string) => Resolution[],
		level: (wanted: string) => Resolution[],
	): Resolution[] {
		if (type === 'cred') {
			const isGiven = holders.some(({ id }) => outside.hasCredential(id, name));
			return [isGiven ? { kind: 'value', text: null } : { kind: 'credential', holder: holders[0] as FlowNode }];
		}
		if (type === 'env') {
			const wanted = /^(?:\$\{([^}]+)\}|([^$]+))$/.exec(String(value ?? ''));
			const other = wanted?.[1] ?? wanted?.[2];
			if (other === undefined) return [{ kind: 'value', text: null }];
			const found = other === name ? parent(name) : level(other);
			// What is declared is never unset: it becomes the empty text.
			return found.map((outcome) => (outcome.kind === 'unset' ? { kind: 'value', text: '' } : outcome));
		}
		const isText = (type === 'str' || type === undefined) && typeof value === 'string';
		return [{ kind: 'value', text: isText ? value : null }];
	}

	return (node, name) => {
		// One level further out than it seems: taken for set.
		if (name.startsWith('$parent.')) return [{ kind: 'value', text: null }];
		// What a variable of a tab, group or subflow is made of may be a variable beside it.
		const subflow = graph.byId.get(subflowOf(node) ?? '');
		const beside = variableOf(node, name) ?? variableOf(subflow, name);
		if (beside && beside.value !== name) return [{ kind: 'value', text: null }];
		const places = node.type === 'subflow' ? (graph.activity.instances.get(node.id) ?? []) : [node];
		return places.flatMap((place) => lookUp(around(place), name));
	};
}

function variableOf(holder: FlowNode | undefined, name: string): Variable | undefined {
	const variables = Array.isArray(holder?.env) ? (holder.env as (Variable | null)[]) : [];
	return variables.find((variable) => variable?.name === name) ?? undefined;
}
