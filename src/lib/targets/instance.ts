import type {
	AgentReport,
	ContextExport,
	ContextImport,
	CutOrder,
	DrainReport,
	GateReport,
	LoadedFlows,
	NodeProgress,
	Position,
	QuiesceReport,
	SingletonSources,
	StreamReport,
	ValidationReport,
} from '../../agent/protocol.ts';
import type { FailoverSettings } from '../config/failover-config.ts';
import type { SpareKind } from '../failover/spare-kind.ts';
import type { LeaseTiming } from '../lease/lease.ts';
import type { Credentials } from '../node-red/sealed-credentials.ts';
import type { SlotName } from '../promotion/journal.ts';
import type { RouterPlace } from '../routers/open-router.ts';

export type {
	Activity,
	ChangedCredentials,
	ContextExport,
	ContextImport,
	ContextLeft,
	CutOrder,
	DrainReport,
	FlowProblem,
	GateReport,
	LoadedFlows,
	Mark,
	NodeProgress,
	Position,
	QuiesceReport,
	Stream,
	StreamReport,
	ValidationReport,
} from '../../agent/protocol.ts';

/**
 * Where an instance stands.
 * - `starting`: Node-RED boots; `standby`: it stands with everything loaded and its flows stopped
 * - `gated`: its flows are started and connected behind a closed gate; it holds no lease, and nothing reaches any node
 * - `activating`, `active`: it holds a seat's lease, and its flows start or run
 * - `quiesced`: active, with its sources closed
 * - `demoting`: its flows stop, after which the lease goes
 * - `failed`: Node-RED does not come up; the runner goes on trying, ever more slowly
 * - `stopping`: on its way out
 */
export type InstanceState = 'starting' | 'standby' | 'gated' | 'activating' | 'active' | 'quiesced' | 'demoting' | 'failed' | 'stopping';

/** An instance that has come up: a spare that finds the seat free takes it in the same moment; a hot one goes behind its gate. */
export const standing: readonly InstanceState[] = ['standby', 'gated', 'activating', 'active'];

/** The truth about one instance, from its runner. */
export interface InstanceStatus {
	/** `blue/0`. */
	instance: string;
	/** Who this runner is to the lease store: the instance and its runner's incarnation, so that a successor is somebody else. */
	holder: string;
	state: InstanceState;
	/** The seat that it may take, and the lease that it holds on it. */
	seat: string;
	lease: { token: number } | null;
	/** A hot spare: whom it follows, and whether it knows by counting how far that one has come; null for any other. */
	following: { instance: string; counted: boolean } | null;
	/** Whether its timers fire; null where no primary is elected: in hot-spare mode, and where there is one instance alone. */
	primary: boolean | null;
	/** The runner's process. */
	pid: number;
	/** Node-RED's, where it runs. */
	childPid: number | null;
	/**
	 * Where Node-RED serves the flows' HTTP: `http://127.0.0.1:40123`, of a container `http://172.20.0.3:1880`, of a pod its gateway's
	 * `http://10.1.0.7:1880`; null while it does not, or while its container has no address.
	 */
	url: string | null;
	/** Where its editor is, `http://127.0.0.1:40124/`; null where it has none, or does not run. */
	editor: string | null;
	/** Node-RED's version, once it runs. */
	nodeRed: string | null;
	/** How often Node-RED ended without being asked to. */
	crashes: number;
	/** What its probes found; null where it is not active, or has none. */
	probes: ProbeReport | null;
	/** Milliseconds since Node-RED's last sign of life; null where it has given none. */
	heartbeatMs: number | null;
	/** Whether it has loaded other flows or credentials than its release's: somebody changed them in place; null while nothing is loaded. */
	drifted: boolean | null;
	/** The agent's last report. */
	agent: AgentReport | null;
	/** Where its log is: a file, or what shows it. */
	log: string;
}

/** Of a slot's instances, by their statuses in order, those that do not run, or are about to end. */
export function stoppedOf(statuses: readonly (InstanceStatus | null)[]): number[] {
	return statuses.flatMap((status, index) => (!status || status.state === 'stopping' ? [index] : []));
}

/** Of a slot's instances, by their statuses in order, those that are on their way. */
export function startingOf(statuses: readonly (InstanceStatus | null)[]): number[] {
	return statuses.flatMap((status, index) => (status?.state === 'starting' ? [index] : []));
}

/** What the latest round of an active instance's probes found. */
export interface ProbeReport {
	/** Rounds in a row that failed. */
	failed: number;
	fault: string | null;
	/** It counts as stuck, but stuck instances have taken turns too often: it is left running. */
	leftAsItIs: boolean;
}

/** Control over one instance, wherever it runs. Every call is idempotent. */
export interface Instance {
	/** `blue/0`. */
	readonly name: string;
	/** The truth from the runner; null where no runner answers. */
	status(): Promise<InstanceStatus | null>;
	validate(timeoutMs: number): Promise<ValidationReport>;
	/** Starts the flows behind a closed gate, as far as this Node-RED can do that: `refused` says why not. */
	gate(timeoutMs: number): Promise<{ refused: string | null }>;
	/** Counts what the subscriptions emit, and listens for sentinels on `<topic>/<id of the broker node>`; with `follow`, it tells its position. */
	listen(topic: string, timeoutMs: number, follow?: 'follow'): Promise<StreamReport>;
	/** How far it has come, or had come when its Node-RED ended; null where nobody follows it. */
	position(): Promise<Position | null>;
	/** Publishes a sentinel on every connection that is listened on. */
	sendSentinel(sentinel: number): Promise<void>;
	streams(): Promise<StreamReport>;
	/**
	 * Takes the seat's lease and starts the flows, or opens the gate behind which they run.
	 * @param order what of the messages behind the gate is the old side's; needed where there is a gate
	 * @returns what became of the messages at the gate; null where there was none (any more: its Node-RED may have crashed)
	 */
	activate(timeoutMs: number, order?: CutOrder): Promise<GateReport | null>;
	/** Whether it leaves the seat to this holder for so long, whatever the store says. */
	confirm(holder: string, forMs: number): Promise<boolean>;
	/** Closes the sources. */
	quiesce(timeoutMs: number): Promise<QuiesceReport>;
	/** Waits for what is inside, at most until the deadline. */
	drain(deadlineMs: number): Promise<DrainReport>;
	/** The flows as they are loaded, whoever deployed them. */
	flows(timeoutMs: number): Promise<LoadedFlows>;
	/** How far each node has come since the flows' start. */
	progress(timeoutMs: number): Promise<NodeProgress[]>;
	/** Reads the context that Node-RED keeps in memory; its values may be secrets. */
	exportContext(options: { except: string[]; maxBytes: number; timeoutMs: number }): Promise<ContextExport>;
	/** Writes another instance's context, before the flows' start or while they run. */
	importContext(values: string, timeoutMs: number): Promise<ContextImport>;
	/**
	 * Has it let the seat go by force: its Node-RED is killed, undrained, and comes back standing by. Resolves when a spare may take
	 * the seat; no effect where it holds no lease.
	 * @param detail for the history: who asked
	 */
	resign(detail: string, timeoutMs: number): Promise<void>;
	/** Stops the flows (by force where they do not stop in time), then passes the lease on, or frees it. */
	demote(options: { handOverTo: string | null; timeoutMs: number }): Promise<void>;
}

/**
 * Where a runner and its Node-RED listen, and how others reach them.
 * - `loopback`: on 127.0.0.1 alone, at free ports
 * - `container`: on all addresses of their container, at fixed ports; nothing of it is published to the host
 * - `pod`: the runner on all addresses of its pod, Node-RED on loopback behind the gateway beside it; at the ports of `kubernetes/names.ts`
 */
export type RunnerNetwork =
	| { kind: 'loopback' }
	| {
			kind: 'container';
			/** Another for each container that is made: where a runner comes up with the id of one before, that one's container was started again. */
			id: string;
			/** How others on the private network call the container: `blue-0`. */
			name: string;
			/** The private network's IPv4 range, `172.20.0.0/16`: which of the container's addresses is meant. */
			subnet: string;
			/** Of the runner's control calls. */
			controlPort: number;
			/** Of Node-RED. */
			httpPort: number;
	  }
	| { kind: 'pod' };

/** Where an instance's log goes. */
export type RunnerLog =
	| { kind: 'file'; path: string }
	/** The standard output; `where` says in words what shows it: `docker logs flowferry-production-blue-0`. */
	| { kind: 'stdout'; where: string };

/** Where a release's flows are. */
export type FlowsPlace =
	| { kind: 'file'; path: string }
	/** Compressed with gzip and cut into `<folder>/0/flows`, `<folder>/1/flows`, …: an object of a cluster holds less than flows may need. */
	| { kind: 'chunks'; folder: string };

/** Where leases, roles and what is wanted of the instances are kept. */
export type StatePlace =
	/** The environment's state database. */
	| { kind: 'file'; path: string }
	/** Objects in the pod's namespace, whose names begin with the prefix. */
	| { kind: 'cluster'; prefix: string };

/** By what an instance finds the others of its environment. */
export type MembersPlace =
	/** Each writes there how it is reached: `<slot>/<index>/address.json`. */
	| { kind: 'folder'; path: string }
	/** By the pods of the environment. */
	| { kind: 'cluster'; prefix: string };

/**
 * What a runner is told: on its standard input where it is a process of a machine, so that no file holds variables, which may be
 * secrets; in a container by a file that only the runner can read, and reads at each start.
 */
export interface RunnerConfig {
	/** The environment's name. */
	environment: string;
	instance: string;
	seat: string;
	/** Node-RED's program, `…/node-red/red.js`. */
	nodeRedProgram: string;
	userDir: string;
	/** The release's flows, from which the user directory gets them before each start. */
	flows: FlowsPlace;
	/** Of the release's flows, as Node-RED computes it. */
	rev: string;
	/** Node-RED's settings file. */
	settingsFile: string;
	/** A module whose exports are the user's own settings, under ours. */
	userSettingsFile: string | null;
	agentDir: string;
	/** Holds the leases. */
	state: StatePlace;
	tokenFile: string;
	/**
	 * The context store that all instances share, beside a state in a file; null: Node-RED's context is in its memory, or where the user's
	 * settings keep it.
	 */
	context: { file: string; durability: 'process' | 'power' } | null;
	/** Where the runner writes how it is reached, once it is: `RunnerAddress`; null: nowhere, its pod's address is known. */
	addressFile: string | null;
	log: RunnerLog;
	network: RunnerNetwork;
	leaseTiming: LeaseTiming;
	/** How it becomes active by itself; null where it waits to be told to. */
	failover: FailoverConfig | null;
	/** What the primary alone fires; null where none is elected. */
	primary: SingletonSources | null;
	startMs: number;
	stopMs: number;
	hungMs: number;
	/** Where Prometheus finds the instance's figures: on 127.0.0.1, or on all addresses of its container; null: nowhere. */
	metricsPort: number | null;
	/** The user's shell command for changes of role; null: none. */
	roleHook: { command: string; timeoutMs: number } | null;
	/** Where commands of the user's run, what they see of this machine's environment, and what must not be repeated of what they print. */
	commands: { folder: string; variables: Record<string, string>; secrets: readonly string[] };
	/** Null: it has none. */
	editor: { access: 'read-only' | 'edit'; users: Record<string, string> } | null;
	/** By node id; written into the user directory sealed with a key that no file holds. */
	credentials: Credentials;
	/** Node-RED's whole environment. */
	variables: Record<string, string>;
}

/** What an instance must know to become active by itself. */
export interface FailoverConfig {
	slot: SlotName;
	/** What it does until then; null where no other instance takes its seat: then it keeps that when its Node-RED ends. */
	spare: SpareKind | null;
	/** Whether it then gets the traffic `alone`, or `shared` with all instances of its slot that are active. */
	traffic: 'alone' | 'shared';
	/** Of a hot spare: below which topic it counts together with the active one, and within which time. */
	cutTopic: string;
	connectMs: number;
	settings: FailoverSettings;
	/** The environment's instances. */
	members: MembersPlace;
	/** What is to send traffic to it then. */
	router: RouterPlace;
}

export interface RunnerAddress {
	/** Of the runner, within its container where it has one. */
	pid: number;
	/** `http://127.0.0.1:40125`, or `http://blue-0:1879`. */
	controlUrl: string;
}
