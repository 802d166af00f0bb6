/**
 * What the runner and the agent say to each other, over the IPC channel between the runner and its Node-RED child.
 * Nothing of it is reachable from a network.
 */

/** What the runner asks; each call gets one reply. */
export interface AgentCalls {
	/** Starts the flows; resolves when they are started. */
	start: { params: Record<string, never>; result: Record<string, never> };
	/** Stops the flows; resolves when all nodes are closed. */
	stop: { params: Record<string, never>; result: Record<string, never> };
	/** Closes what emits messages of its own accord; everything else goes on. */
	quiesce: { params: { timeoutMs: number }; result: QuiesceReport };
	/** Waits until nothing is in flight any more, or the deadline. */
	drain: { params: { deadlineMs: number }; result: DrainReport };
	/** Judges the loaded flows without starting them. */
	validate: { params: Record<string, never>; result: ValidationReport };
	report: { params: Record<string, never>; result: AgentReport };
}
export type AgentCall = keyof AgentCalls;

export interface CallMessage<C extends AgentCall = AgentCall> {
	id: number;
	call: C;
	params: AgentCalls[C]['params'];
}

export type ReplyMessage = { reply: number; ok: true; result: unknown } | { reply: number; ok: false; error: string };

/** Sent by the runner at each renewal of an active instance's lease: for so long, and no longer, the flows may run. */
export interface LeaseMessage {
	/** A moment of the host's monotonic clock, in milliseconds (`process.hrtime`); null: the instance holds no lease. */
	leaseUntilMs: number | null;
}

/** What the agent tells unasked. */
export type AgentEvent =
	/** Node-RED has loaded its palette and flows, which stand stopped, and listens on this port of 127.0.0.1. */
	{ event: 'ready'; port: number; nodeRed: string } | { event: 'heartbeat'; report: AgentReport };

/** A node by what people call it. */
export interface NodeRef {
	id: string;
	type: string;
	name: string;
}

export interface QuiesceReport {
	closed: NodeRef[];
	/** Sources that did not close in time; they may still emit. */
	stuck: NodeRef[];
}

export interface DrainReport {
	/** True: everything that this instance had accepted has come out. */
	drained: boolean;
	/** What was still inside at the deadline, by node. */
	left: (NodeRef & { messages: number })[];
	/** How long the drain took. */
	durationMs: number;
}

/** An error that a node logged. */
export interface FlowProblem {
	node: NodeRef | null;
	message: string;
}

export interface ValidationReport {
	/** sha256 of the flows that Node-RED has loaded, as it computes it. */
	rev: string;
	missingTypes: string[];
	/** npm modules that function nodes load and that are not there. */
	missingModules: string[];
	/** Function nodes whose code does not compile. */
	brokenFunctions: FlowProblem[];
}

export interface AgentReport {
	flows: 'started' | 'stopped';
	/** Messages inside, counted at nodes that tell when they are done. */
	inFlight: number;
	/** Since the flows' start: messages received by nodes. */
	received: number;
	/** Of the last second, in milliseconds. */
	eventLoopDelayMs: number;
	rssBytes: number;
	/** Errors logged since the flows' start: the first ones, at most 20. */
	problems: FlowProblem[];
}
