import type { AuditLog } from '../audit/audit-log.ts';
import type { FailoverStore } from '../failover/failover-store.ts';
import type { LeaseStore } from '../lease/lease.ts';
import type { Journal, SlotName } from '../promotion/journal.ts';
import type { PlanMemory } from '../promotion/plan-memory.ts';
import type { Router } from '../routers/router.ts';
import type { Instance } from '../targets/instance.ts';

/** The control calls of any instance: those of `Instance`, with its name first. */
export type Instances = {
	[Call in Exclude<keyof Instance, 'name'>]: (name: string, ...args: Parameters<Instance[Call]>) => ReturnType<Instance[Call]>;
};

/** What the slots hold, and what instances that are gone have logged: files in the environment's volume. */
export interface SlotFiles {
	/** What was written; null for an empty slot. */
	read(slot: SlotName): Promise<string | null>;
	/** The flows of a filled slot, as JSON. */
	flows(slot: SlotName): Promise<string>;
	/** Fills a slot: flows first, so that a slot that can be read is whole; and makes room for its instances' addresses. */
	write(slot: SlotName, content: { slot: string; flows: string; instances: number }): Promise<void>;
	remove(slot: SlotName): Promise<void>;
	/** Keeps the end of a log whose container is about to go. @param instance `blue/0` */
	keepLog(instance: string, text: string): Promise<void>;
	/** Empty where there is none. */
	keptLog(instance: string): Promise<string>;
}

/** What the environment's HAProxy finds in its volume. */
export interface RouterFiles {
	/** Before it is started; it goes on with the traffic that one of before had. */
	prepare(files: { config: string; publicUrl: string }): Promise<void>;
	/** Once it runs. */
	restore(): Promise<void>;
	/** Once it has ended for good. */
	forget(): Promise<void>;
}

/** The machine of the engine. */
export interface Machine {
	/** On the clock of leases and roles. */
	nowMs(): Promise<number>;
	/** Keeps everybody else from writing into the state, until `unlockState` or the end of this session. */
	lockState(): Promise<void>;
	unlockState(): Promise<void>;
}

/** All that a keeper answers, by its parts. */
export interface KeeperApi {
	journal: Journal;
	leases: Omit<LeaseStore, 'close'>;
	failover: FailoverStore;
	audit: AuditLog;
	plans: PlanMemory;
	router: Router;
	instances: Instances;
	slots: SlotFiles;
	routerFiles: RouterFiles;
	machine: Machine;
}

/**
 * What a call may do.
 * - `reads`: it changes nothing, so that an environment without a keeper can answer it as one that is empty
 * - `repeats`: it changes something, and may be made again where its answer was lost
 * - `once`: made again, it would do something else
 */
export type Effect = 'reads' | 'repeats' | 'once';

/** Every call, by part and name: no other is answered. */
export const effects: { [Part in keyof KeeperApi]: Record<keyof KeeperApi[Part], Effect> } = {
	journal: {
		createRelease: 'once',
		release: 'reads',
		slots: 'reads',
		setSlot: 'repeats',
		servingSlot: 'reads',
		setServingSlot: 'repeats',
		begin: 'once',
		record: 'repeats',
		unfinished: 'reads',
		promotion: 'reads',
		entries: 'reads',
		askToAbort: 'repeats',
		abortAskedBy: 'reads',
		history: 'reads',
	},
	leases: { acquire: 'repeats', renew: 'repeats', handOver: 'once', release: 'repeats', list: 'reads' },
	failover: { intent: 'reads', pause: 'repeats', resume: 'repeats', record: 'once', changes: 'reads' },
	audit: { append: 'once', read: 'reads' },
	plans: { key: 'repeats', remember: 'repeats', recall: 'reads' },
	router: { status: 'reads', hold: 'repeats', route: 'repeats' },
	instances: {
		status: 'reads',
		validate: 'repeats',
		gate: 'repeats',
		listen: 'repeats',
		position: 'repeats',
		sendSentinel: 'repeats',
		streams: 'repeats',
		activate: 'repeats',
		confirm: 'repeats',
		quiesce: 'repeats',
		drain: 'repeats',
		flows: 'repeats',
		progress: 'repeats',
		exportContext: 'repeats',
		importContext: 'repeats',
		resign: 'repeats',
		demote: 'repeats',
	},
	slots: { read: 'reads', flows: 'reads', write: 'repeats', remove: 'repeats', keepLog: 'repeats', keptLog: 'reads' },
	routerFiles: { prepare: 'repeats', restore: 'repeats', forget: 'repeats' },
	machine: { nowMs: 'reads', lockState: 'once', unlockState: 'repeats' },
};

/** What a call may do; undefined where there is no such call. */
export function effectOf(part: string, call: string): Effect | undefined {
	const calls = Object.hasOwn(effects, part) ? (effects as Record<string, Record<string, Effect>>)[part] : undefined;
	return calls && Object.hasOwn(calls, call) ? calls[call] : undefined;
}
