import { createFunctionAnalyser, type FunctionCode } from '../flows/function-code.ts';
import { buildGraph, runningNodes } from '../flows/graph.ts';
import { findLeads, type Leads, type ReverseEdges, reverseEdges } from '../flows/lead.ts';
import type { Mode } from '../flows/mode.ts';
import type { FlowGraph } from '../flows/model.ts';
import type { FlowNode } from '../flows/node.ts';
import { type Reached, reachFrom } from '../flows/reach.ts';
import { createLookup, type Lookup } from './catalogue/index.ts';
import type { NodeKnowledge } from './catalogue/knowledge.ts';
import { buildContextIndex, type ContextIndex } from './context-index.ts';
import { type ContextStores, handsOutCopies, reachOfStore, type StoreReach } from './context-stores.ts';
import { hasEffect } from './effects.ts';
import type { Palette } from './palette.ts';
import { findPrivateKeys } from './private-keys.ts';
import type { RelatedJudgement } from './related.ts';
import { createSharing, type PrimaryPolicy } from './singletons.ts';
import { findReceivers, type SourceKind, sourceKindOf } from './sources.ts';

/** All that rules may look at. What costs time is worked out once, when the first rule asks. */
export interface RuleContext {
	mode: Mode;
	graph: FlowGraph;
	/** Nodes that run and stand in a flow; config nodes are not among them. */
	running: readonly FlowNode[];
	/** All that runs, config nodes in use included. */
	inUse: readonly FlowNode[];
	inUseByType: NodesByType;
	/** The running nodes, config nodes in use included, of some types. */
	ofType(...types: string[]): FlowNode[];
	/** What is known of node types, the team's own among them. */
	lookUp: Lookup;
	/** What the catalogue holds against a node in this mode; undefined for unknown types and for those that are safe in it. */
	knowledge(node: FlowNode): NodeKnowledge | undefined;
	/** The nodes of `running` (or others, grouped by type) whose knowledge in this mode is as wanted. Asks once for each type. */
	knownAs(isWanted: (knowledge: NodeKnowledge) => unknown, nodes?: NodesByType): Iterable<FlowNode>;
	/** Null for nodes that do not emit by themselves. */
	sourceKind(node: FlowNode): SourceKind | null;
	/** The source whose messages reach a node, as a related node; empty where it is a source itself. */
	sourceOf(node: FlowNode): RelatedJudgement[];
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
	/** Something behind a node that is other after a message than before: outside, in a context, in a widget or in a node that remembers. */
	traceOf: Leads;
	/** The same facts, judged for another mode. */
	inMode(mode: Mode): RuleContext;
	/** Where messages come to a node from. */
	comesFrom(): ReverseEdges;
	/** One of the given nodes that a node's messages can come to. */
	leadsTo(goals: readonly FlowNode[]): Leads;
	/** Where the values of a context store are; null for the default store. */
	reachOfStore(name: string | null): StoreReach;
	/** Whether the store gives copies of its values: a change inside one is lost unless it is set again. */
	handsOutCopies(store: string | null): boolean;
	/** Names of environment variables that production is known to have. */
	variables: ReadonlySet<string>;
	/** Where it is known which modules production would install. */
	palette: Palette | undefined;
	/** Whether anything that runs is wired to the node's outputs. */
	isHeard(node: FlowNode): boolean;
	/** Whether one of the instances is elected to fire what is to fire once; in load-balanced mode alone. */
	hasPrimary: boolean;
	/** Whether what a node emits goes out on the primary alone; of nobody where none is elected. */
	isSingleton(node: FlowNode): boolean;
	/** Whether it was said that every instance is to have it all the same. */
	isExcepted(node: FlowNode): boolean;
}

export interface Surroundings {
	mode: Mode;
	/** A team's own node types, which go before the catalogue's. */
	types?: readonly NodeKnowledge[];
	contextStores?: ContextStores;
	variables?: readonly string[];
	palette?: Palette;
	primary?: PrimaryPolicy | null;
}

export function createRuleContext(flows: readonly FlowNode[], surroundings: Surroundings): RuleContext {
	const { mode, types, contextStores, palette, variables = [], primary = null } = surroundings;
	const lookUp = createLookup(types);
	const graph = buildGraph(flows);
	const running = runningNodes(graph);
	const inUse = flows.filter((node) => graph.activity.running.has(node.id));
	const inUseByType = groupByType(inUse);
	const runningByType = groupByType(running);
	const code = cacheByNode(createFunctionAnalyser());
	const receivers = once(() => findReceivers(graph));
	const sourceKind = cacheByNode((node) => sourceKindOf(node, code, (id) => receivers().has(id), lookUp));
	const sources = once(() => running.filter((node) => sourceKind(node) !== null));
	const isHeard = (node: FlowNode): boolean => (graph.edges.targets.get(node.id)?.length ?? 0) > 0;
	const reached = once(() => reachFrom(graph, sources()));
	const reachedAgain = once(() =>
		reachFrom(
			graph,
			sources().filter((node) => sourceKind(node) !== 'start'),
		),
	);
	const comesFrom = once(() => reverseEdges(graph));
	const isReached = (node: FlowNode): boolean => reached().has(node.id);
	const contexts = once(() =>
		buildContextIndex(running, code, {
			isReached,
			isPrivate: findPrivateKeys({
				comesFrom: comesFrom(),
				byId: graph.byId,
				isSource: (node) => sourceKind(node) !== null,
				isReached,
			}),
		}),
	);
	const leadsTo = (goals: readonly FlowNode[]): Leads => findLeads(graph, goals, comesFrom());
	const effects = once(() => leadsTo(running.filter((node) => hasEffect(node, isHeard, lookUp))));
	const traces = once(() =>
		leadsTo(
			running.filter((node) => {
				const known = lookUp(node.type);
				return (
					hasEffect(node, isHeard, lookUp) ||
					known?.widget ||
					known?.keeps ||
					contexts()
						.usesOf(node)
						.some((use) => use.kind !== 'read')
				);
			}),
		),
	);
	const sharing = once(() => primary && createSharing(flows, primary, (node) => isSourceOfItsOwn(sourceKind(node))));
	const inMode = (judged: Mode): RuleContext => {
		const knowledgeOf = (type: string): NodeKnowledge | undefined => {
			const known = lookUp(type);
			return known?.verdicts?.[judged] === 'safe' ? undefined : known;
		};
		return {
			...facts,
			mode: judged,
			inMode,
			hasPrimary: judged === 'load-balanced' && primary !== null,
			isSingleton: (node) => judged === 'load-balanced' && sharing()?.(node) === 'primary',
			isExcepted: (node) => judged === 'load-balanced' && sharing()?.(node) === 'excepted',
			knowledge: (node) => knowledgeOf(node.type),
			*knownAs(isWanted, nodes = runningByType) {
				for (const [type, each] of nodes) {
					const known = knowledgeOf(type);
					if (known && isWanted(known)) yield* each;
				}
			},
		};
	};
	const facts: Omit<RuleContext, 'mode' | 'inMode' | 'knowledge' | 'knownAs' | 'hasPrimary' | 'isSingleton' | 'isExcepted'> = {
		graph,
		running,
		inUse,
		inUseByType,
		lookUp,
		ofType: (...types) => types.flatMap((type) => inUseByType.get(type) ?? []),
		sourceKind,
		reached,
		sourceOf: (node) => {
			const source = graph.byId.get(reachedAgain().get(node.id) ?? reached().get(node.id) ?? '');
			return source && source !== node ? [{ node: source, why: 'the source that reaches it' }] : [];
		},
		reachedAgain,
		reachedUnsplit: once(() => reachFrom(graph, sources(), { stopAt: makesParts })),
		code,
		contexts,
		effectOf: (node) => effects()(node),
		traceOf: (node) => traces()(node),
		comesFrom,
		leadsTo,
		reachOfStore: (name) => reachOfStore(contextStores, name),
		handsOutCopies: (store) => handsOutCopies(contextStores, store),
		variables: new Set(variables),
		palette,
		isHeard,
	};
	return inMode(mode);
}

/** Emits of its own accord; requests go to one instance already, by the router. */
function isSourceOfItsOwn(kind: SourceKind | null): boolean {
	return kind !== null && kind !== 'request' && kind !== 'user';
}

/** Nodes that turn one message into a sequence that knows its length. */
function makesParts(node: FlowNode): boolean {
	if (node.type === 'split') return node.stream !== true;
	return node.type === 'file in' && (node.format === 'lines' || node.format === 'stream');
}

export type NodesByType = ReadonlyMap<string, readonly FlowNode[]>;

function groupByType(nodes: readonly FlowNode[]): NodesByType {
	return Map.groupBy(nodes, ({ type }) => type);
}

function once<T>(compute: () => T): () => T {
	let result: { value: T } | undefined;
	return () => {
		result ??= { value: compute() };
		return result.value;
	};
}

/** For results that are never undefined. */
function cacheByNode<T extends object | string | null>(compute: (node: FlowNode) => T): (node: FlowNode) => T {
	const results = new Map<string, T>();
	return (node) => {
		let result = results.get(node.id);
		if (result === undefined) {
			result = compute(node);
			results.set(node.id, result);
		}
		return result;
	};
}
