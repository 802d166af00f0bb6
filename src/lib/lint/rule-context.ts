import { analyseFunction, type FunctionCode } from '../flows/function-code.ts';
import { buildGraph, runningNodes } from '../flows/graph.ts';
import type { Leads } from '../flows/lead.ts';
import type { Mode } from '../flows/mode.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';
import { type Reached, reachFrom } from '../flows/reach.ts';
import { buildContextIndex, type ContextIndex } from './context-index.ts';
import { findContextWrites, findEffects } from './effects.ts';
import { findReceivers, type SourceKind, sourceKindOf } from './sources.ts';

/** All that rules may look at. What costs time is worked out once, when the first rule asks. */
export interface RuleContext {
	mode: Mode;
	graph: FlowGraph;
	/** Nodes that run and stand in a flow; config nodes are not among them. */
	running: readonly FlowNode[];
	/** The running nodes, config nodes in use included, of some types. */
	ofType(...types: string[]): FlowNode[];
	/** Null for nodes that do not emit by themselves. */
	sourceKind(node: FlowNode): SourceKind | null;
	/** What messages from any active source reach. */
	reached(): Reached;
	/** The same without what fires once, when the flows start. */
	reachedAgain(): Reached;
	/** The same as `reached`, but not past a `split`, whose parts stay in one instance. */
	reachedUnsplit(): Reached;
	/** Of a function node. */
	code(node: FlowNode): FunctionCode;
	contexts(): ContextIndex;
	/** Something behind a node that changes what is outside Node-RED. */
	effectOf: Leads;
	/** Something behind a node that writes to a context. */
	contextWriteOf: Leads;
	/** Whether anything that runs is wired to the node's outputs. */
	isHeard(node: FlowNode): boolean;
}

export function createRuleContext(flows: readonly FlowNode[], mode: Mode): RuleContext {
	const graph = buildGraph(flows);
	const running = runningNodes(graph);
	const byType = new Map<string, FlowNode[]>();
	for (const node of flows) {
		if (!graph.activity.running.has(node.id)) continue;
		const known = byType.get(node.type);
		if (known) known.push(node);
		else byType.set(node.type, [node]);
	}
	const code = cacheByNode(analyseFunction);
	const receivers = once(() => findReceivers(graph));
	const sourceKind = cacheByNode((node) => sourceKindOf(node, code, (id) => receivers().has(id)));
	const sources = once(() => running.filter((node) => sourceKind(node) !== null));
	const isHeard = (node: FlowNode): boolean => (graph.edges.targets.get(node.id)?.length ?? 0) > 0;
	const contexts = once(() => buildContextIndex(running, code));
	const effects = once(() => findEffects(graph, running, isHeard));
	const contextWrites = once(() => findContextWrites(graph, running, contexts()));
	return {
		mode,
		graph,
		running,
		ofType: (...types) => types.flatMap((type) => byType.get(type) ?? []),
		sourceKind,
		reached: once(() => reachFrom(graph, sources())),
		reachedAgain: once(() =>
			reachFrom(
				graph,
				sources().filter((node) => sourceKind(node) !== 'start'),
			),
		),
		reachedUnsplit: once(() => reachFrom(graph, sources(), { stopAt: makesParts })),
		code,
		contexts,
		effectOf: (node) => effects()(node),
		contextWriteOf: (node) => contextWrites()(node),
		isHeard,
	};
}

/** Nodes that turn one message into a sequence that knows its length. */
function makesParts(node: FlowNode): boolean {
	if (node.type === 'split') return node.stream !== true;
	return node.type === 'file in' && (node.format === 'lines' || node.format === 'stream');
}

function once<T>(compute: () => T): () => T {
	let result: { value: T } | undefined;
	return () => {
		result ??= { value: compute() };
		return result.value;
	};
}

function cacheByNode<T>(compute: (node: FlowNode) => T): (node: FlowNode) => T {
	const results = new Map<string, T>();
	return (node) => {
		if (!results.has(node.id)) results.set(node.id, compute(node));
		return results.get(node.id) as T;
	};
}
