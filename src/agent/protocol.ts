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
	/**
	 * Starts the flows behind a closed gate: they connect and subscribe, and nothing that a node sends reaches another. What
	 * must not be connected twice waits. `refused` says why this Node-RED cannot do that; then nothing was started.
	 */
	startBehindGate: { params: Record<string, never>; result: { refused: string | null } };
	/**
	 * Counts what the subscriptions emit from here on, and listens for sentinels on `<topic>/<id of the broker node>`. With `follow` it
	 * also tells now and then how far it has come.
	 */
	listen: { params: { topic: string; timeoutMs: number; follow: boolean }; result: StreamReport };
	/** Publishes a sentinel on each connection that is listened on, at each QoS in use. */
	sendSentinel: { params: { sentinel: number }; result: Record<string, never> };
	streams: { params: Record<string, never>; result: StreamReport };
	/** Makes the connections that waited, and opens the gate. Refused without a lease. */
	open: { params: { order: CutOrder }; result: GateReport };
	/** Forgets what waits at the gate and has been handled elsewhere; the gate stays closed. */
	advance: { params: { order: CutOrder }; result: { session: string } };
	/** Closes what emits messages of its own accord; everything else goes on. */
	quiesce: { params: { timeoutMs: number }; result: QuiesceReport };
	/** Waits until nothing is in flight any more, or the deadline. */
	drain: { params: { deadlineMs: number }; result: DrainReport };
	/** Judges the loaded flows without starting them. */
	validate: { params: Record<string, never>; result: ValidationReport };
	report: { params: Record<string, never>; result: AgentReport };
	/** The flows as they are loaded, whoever deployed them; not in each report, for they may be megabytes. */
	flows: { params: Record<string, never>; result: LoadedFlows };
	/** How far each node has come since the flows' start; not in each report, for flows may have thousands. */
	progress: { params: Record<string, never>; result: NodeProgress[] };
	/** Reads the context that is kept in memory. */
	exportContext: { params: { except: string[]; maxBytes: number }; result: ContextExport };
	/** Writes what another instance exported. */
	importContext: { params: { values: string }; result: ContextImport };
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
	/** Its fencing token, which goes with what is written into the shared context; null where no lease is held. */
	token: number | null;
	/**
	 * By how much the wall clock was ahead of the monotonic one when the lease was asked for, in milliseconds. Where it is not any
	 * more, the machine slept or its clock was set, and the monotonic clock may not tell how much time has passed.
	 */
	wallOffsetMs?: number;
}

/**
 * Sent by the runner where several instances run the same flows: before the flows' start, at each renewal of the primary's
 * lease, and when it has gone.
 */
export interface PrimaryMessage {
	/** Until this moment of the host's monotonic clock, in milliseconds, the instance is the primary; null: it is not. */
	primaryUntilMs: number | null;
	/** Told before the flows start. */
	sources?: SingletonSources;
}

/** Which sources the primary alone has; nodes by their ids in the flows. */
export interface SingletonSources {
	/** Every `inject` node. */
	timers: boolean;
	/** These nodes, whatever they are. */
	nodes: string[];
	/** Of these nodes those that emit of their own accord: they stand in a flow that is pinned as a whole. */
	within: string[];
	/** These are not among them, whatever else is said. */
	except: string[];
}

/** What the agent tells unasked. */
export type AgentEvent =
	/** Node-RED has loaded its palette and flows, which stand stopped, and listens on this port of 127.0.0.1; the editor, if any, on another. */
	| { event: 'ready'; port: number; nodeRed: string; editorPort: number | null }
	| { event: 'heartbeat'; report: AgentReport }
	/** While somebody follows. */
	| { event: 'position'; position: Position | null };

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
	/** Private fields that this Node-RED does not have: then nothing was closed, and nothing inside can be counted. */
	unknown: string[];
	/** Where the subscriptions stood when they were closed. */
	streams: StreamReport;
}

/** An ordinary MQTT subscription (each subscriber gets every message) of a `mqtt in` that runs. */
export interface Stream {
	/** The node by its place in the flows: the same in every instance of the same flows. */
	key: string;
	topic: string;
	qos: 0 | 1 | 2;
	/** Id of the broker node. */
	connection: string;
	/** `mqtt://127.0.0.1:1883` */
	server: string;
}

/** A sentinel came by. */
export interface Mark {
	connection: string;
	/** At which QoS it came. */
	qos: 0 | 1 | 2;
	/** 1, 2, 3 … */
	sentinel: number;
	/** By stream key: how many messages of this QoS the subscription had emitted before it. */
	counts: Record<string, number>;
}

export interface StreamReport {
	/** Changes where what was counted before is worth nothing any more: the counting began anew, or a connection was lost. */
	session: string;
	/** Ids of the broker nodes whose connections are listened on: those with subscriptions that may be made twice. */
	connections: string[];
	streams: Stream[];
	marks: Mark[];
	/** By stream key: how many messages of QoS 0, 1 and 2 the subscription has emitted since the counting began. */
	counts: Record<string, number[]>;
	/** Connections that cannot be listened on, or were lost meanwhile: nothing is known of their streams. */
	lost: string[];
	/** When the sources were closed, on the host's monotonic clock in milliseconds; null where they are open. */
	closedAtMs: number | null;
}

/** How far an instance has come with what its subscriptions emitted, at a moment. */
export interface Position {
	/** As in `StreamReport`: counts of one session alone are comparable. */
	session: string;
	/** By stream key, for QoS 0, 1 and 2: how many of the first messages since the counting began have all been handled. */
	counts: Record<string, number[]>;
	/** The host's monotonic clock, in milliseconds. */
	atMs: number;
}

/** What of that which both sides may have got the old side has handled. */
export interface CutOrder {
	/** By stream key, for QoS 0, 1 and 2: the number of the last message, as the new side counts, that the old side handled. */
	handled: Record<string, number[]>;
	/** For everything that is not counted: what came until then is the old side's. The host's monotonic clock, in milliseconds. */
	closedAtMs: number;
}

/** What became of the messages that waited at the gate. */
export interface GateReport {
	passed: number;
	/** The old side had handled them. */
	dropped: number;
}

export interface DrainReport {
	/** True: everything that this instance had accepted has come out. */
	drained: boolean;
	/** What was still inside at the deadline, by node. */
	left: LeftInside[];
	/** How long the drain took. */
	durationMs: number;
}

/**
 * A node that was not empty at a drain's deadline, and why.
 * - `in work`: it has not said that it is done
 * - `outstanding by design`: it keeps messages on purpose, and waits for something
 * - `never completes`: since the flows' start it has not said of a single message that it is done
 * - `still receiving`: nothing is inside, but messages go on arriving: a loop, or a source that nobody knows
 */
export type LeftInside = NodeRef & { messages: number } & (
		| { kind: 'in work' | 'never completes' | 'still receiving' }
		| { kind: 'outstanding by design'; until: string }
	);

/** A node that has received anything since the flows' start. */
export interface NodeProgress extends NodeRef {
	/** The flow or subflow instance that it is on; empty where that is not known. */
	flowId: string;
	received: number;
	/** Messages that it was done with; null: a node of its kind never tells. */
	completed: number | null;
}

export interface ContextExport {
	/**
	 * Everything that can be carried, in a form for `importContext` alone; empty where nothing is to be written or deleted. It
	 * may hold secrets, so it is never logged or kept.
	 */
	values: string;
	/** Keys that `context.except` leaves out. */
	excepted: number;
	left: ContextLeft[];
	/** Stores that keep their contents elsewhere than in memory, and carry nothing. */
	stores: { name: string; module: string }[];
}

export interface ContextImport {
	/** Keys. */
	carried: number;
	bytes: number;
	left: ContextLeft[];
}

/** A context key that was not carried over. */
export interface ContextLeft {
	/** `global`, `flow.<name>`, `node.<name>`; `all` where it is about the whole instance. */
	scope: string;
	key: string;
	/** Names no value. */
	why: string;
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

/** What Node-RED has loaded. */
export interface LoadedFlows {
	/** As Node-RED gives them: without credentials. */
	flows: { id: string; type: string; [property: string]: unknown }[];
	/** As in `ValidationReport`. */
	rev: string;
	/** Of nodes that have other credentials than when Node-RED came up; never the values. */
	credentials: ChangedCredentials[];
}

export interface ChangedCredentials {
	node: NodeRef;
	/** What is new, gone or different: `password`. */
	names: string[];
}

export interface AgentReport {
	flows: 'started' | 'stopped';
	/** Of the flows that are loaded; null before they are. */
	rev: string | null;
	/** Somebody has changed credentials in place, since Node-RED came up. */
	credentialsChanged: boolean;
	/** Messages inside, counted at nodes that tell when they are done. */
	inFlight: number;
	/** Since the flows' start: messages received by nodes. */
	received: number;
	/** Of the last second, in milliseconds. */
	eventLoopDelayMs: number;
	rssBytes: number;
	/** Errors logged since the flows' start: the first ones, at most 20. */
	problems: FlowProblem[];
	/** What the flows did in their last five minutes, or since their start. */
	recent: Activity;
	/** Since a node last received a message, or since the flows' start. */
	silentMs: number;
	/** Private fields, looked for at the flows' start, that this Node-RED does not have: it is of a version that is not known. */
	unknown: string[];
}

/** What flows did in a span of time. */
export interface Activity {
	spanMs: number;
	/** Messages received by nodes. */
	received: number;
	/** Errors that nodes logged; one that a `catch` node takes is not logged. */
	errors: number;
	/** The longest time in which no node received a message. */
	longestSilenceMs: number;
}

/** A user of the editor as Node-RED knows them: not by the password. */
export interface EditorUser {
	name: string;
	/** Base64. */
	salt: string;
	/** Base64, of scrypt with this cost. */
	hash: string;
	cost: number;
}

/** What whoever signs in may do. */
export type EditorAccess = 'read-only' | 'edit';

/** What the runner tells Node-RED's settings of the editor, as JSON in their environment. */
export interface EditorConfig {
	access: EditorAccess;
	users: EditorUser[];
	/** Of 127.0.0.1, where it was before; 0: any that is free. */
	port: number;
}
