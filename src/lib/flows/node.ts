/** One entry of a Node-RED flow file: a tab, a subflow, a group, a config node or a node. Every other property is kept as it came. */
export interface FlowNode {
	id: string;
	type: string;
	/** The flow (tab) or subflow that the node stands in; absent for tabs, subflow definitions and global config nodes. */
	z?: string;
	name?: string;
	/** A tab's name. */
	label?: string;
	/** `true`: the node is disabled. */
	d?: boolean;
	/** A tab's own flag. */
	disabled?: boolean;
	/** For each output port, the ids it is wired to. */
	wires?: string[][];
	[property: string]: unknown;
}
