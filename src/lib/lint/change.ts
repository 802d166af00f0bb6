/** One property of one node, set to another value. */
export interface Change {
	nodeId: string;
	property: string;
	/** Undefined where the node does not have the property. */
	before: unknown;
	after: unknown;
	/** What it is good for, as a sentence. */
	why: string;
}
