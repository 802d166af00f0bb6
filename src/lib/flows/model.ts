import type { Activity } from './activity.ts';
import type { Edges } from './edges.ts';
import type { FlowNode } from './node.ts';

/** Flows as Node-RED would run them. Built once, in time linear in nodes and wires, and never changed. */
export interface FlowGraph {
	nodes: readonly FlowNode[];
	byId: ReadonlyMap<string, FlowNode>;
	activity: Activity;
	edges: Edges;
	/** Subflow ids, each after those that it uses. */
	subflowOrder: readonly string[];
	/** By subflow id, the running instances of other subflows inside it. */
	innerInstances: ReadonlyMap<string, readonly FlowNode[]>;
	/** By subflow id, the output ports that a message from its input can leave by. */
	passages: ReadonlyMap<string, ReadonlySet<number>>;
}
