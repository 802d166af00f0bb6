import type { MonotonicClock } from '../adapters/clock.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { FailoverStore } from '../failover/failover-store.ts';
import type { LeaseStore } from '../lease/lease.ts';
import type { Journal, Side, SlotName } from '../promotion/journal.ts';
import type { PlanMemory } from '../promotion/plan-memory.ts';
import type { Router } from '../routers/router.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Fault, Injection } from './fault.ts';
import type { Instance } from './instance.ts';
import type { LogLine, LogRequest } from './logs.ts';

/** Told while something long goes on: `installing 3 modules`. */
export type Progress = (message: string) => void;

/** A way to an address that only instances may reach directly. */
export interface Reach {
	/** What leads there from this machine. */
	url: string;
	/** Ends what goes through it. */
	close(): void;
}

/** An image that was built elsewhere for a snapshot: `flowferry image build`. */
export interface GivenImage {
	/** `sha256:…`; on Kubernetes, where nodes get it by its name, that. */
	id: string;
	/** As it was named. */
	name: string;
	/** The snapshot's whole id; null where nobody but a node sees into it. */
	snapshot: string | null;
}

/**
 * Where an environment's instances run. Every call is idempotent, and none orders which instance is active: an instance of the slot that
 * serves (`Journal.setServingSlot`) may take a seat by itself that nobody has.
 */
export interface Target {
	readonly journal: Journal;
	readonly leases: LeaseStore;
	readonly failover: FailoverStore;
	/** Who did what. */
	readonly audit: AuditLog;
	readonly plans: PlanMemory;
	readonly router: Router;
	/** What `prepare` is to start instances from, in place of an image of its own; null where none was given, and where there are none. */
	readonly image: GivenImage | null;
	/**
	 * From now on the check is made before each change to instances, slots and router, and the change is not made where it
	 * throws: so that whoever stood still while somebody else took the environment over changes nothing when it wakes.
	 */
	guard(check: () => Promise<void>): void;
	/** The instances that a slot has, running or not; none for an empty slot. */
	instances(slot: SlotName): Promise<Instance[]>;
	/**
	 * Of the flows that a slot was filled with, as Node-RED computes it: what its instances have to have loaded, also for whoever has
	 * not the snapshot. Null for an empty slot.
	 */
	rev(slot: SlotName): Promise<string | null>;
	/** What `prepare` would have to install for a snapshot, as `name@version`. */
	installs(snapshot: Snapshot): Promise<string[]>;
	/**
	 * Opens the credentials that instances of a snapshot, or those of a slot that do not run, would be started with; nothing is
	 * changed. Whoever is about to change something asks first: a wrong passphrase must cost nothing.
	 * @throws FlowferryError PASSPHRASE_MISSING, PASSPHRASE_WRONG, CREDENTIALS_DAMAGED
	 */
	unlock(what: Snapshot | SlotName): Promise<void>;
	/**
	 * Fills an idle slot with a release: installs the palette and Node-RED where they are not there yet, and starts the
	 * instances, which come to stand by. What the slot held before is discarded.
	 */
	prepare(side: Side, snapshot: Snapshot, progress: Progress): Promise<void>;
	/**
	 * Starts those instances of a filled slot that do not run; they come to stand by. Where the place has begun to start one by itself,
	 * that is waited for, and left to the place where it does not come up.
	 * @throws FlowferryError INSTANCE_NOT_STANDING, with nothing left running of what was started here
	 */
	start(slot: SlotName, progress: Progress): Promise<void>;
	/**
	 * Ends an instance's runner at once, and its Node-RED with it, where the runner no longer does what it is told. Its lease is not
	 * given up: it ends by itself. Nothing to do where no such runner is there.
	 */
	kill(instance: string): Promise<void>;
	/**
	 * What is not as it should be with what instances, router and state run in, and what mends it; each a sentence. It may have come about
	 * by hand.
	 */
	oddities(): Promise<string[]>;
	/** Instances that the place has added by itself, and that may still take a while to come up: that they do not run yet is no fault. */
	coming(): Promise<string[]>;
	/**
	 * Has `changed` called whenever something is another than before that others may see: who is active, which instances there are, what a
	 * promotion does. Null where nobody tells, so that one has to look again and again.
	 */
	follow(changed: () => void): Promise<{ close(): void } | null>;
	/** Faults that cannot be brought about here, and why. */
	readonly impossible: Partial<Record<Fault, string>>;
	/**
	 * Does harm to an instance on purpose, for a drill.
	 * @throws FlowferryError FAULT_IMPOSSIBLE, with nothing done
	 */
	inject(instance: string, fault: Fault): Promise<Injection>;
	/** The clock of leases and of `RoleChange.atMs`, as exactly as it can be read from here. */
	clock(): Promise<Pick<MonotonicClock, 'nowMs'>>;
	/** What an instance has logged, also where it is gone; nothing where there is no log. */
	logs(instance: string, request: LogRequest): AsyncIterable<LogLine>;
	/** Ends a slot's instances. What they hold on disk stays. */
	stop(slot: SlotName): Promise<void>;
	/** Ends a slot's instances and removes what they had. */
	discard(slot: SlotName): Promise<void>;
	/**
	 * Leads to an instance from this machine, where the user's checks and hooks run; to be closed.
	 * @param url as its status says: an address of the network that instances are in
	 */
	reach(url: string): Promise<Reach>;
	/** Starts the router where it does not run; one that ended by itself goes on with the traffic as it was ordered. */
	startRouter(): Promise<void>;
	/** Ends the router, which forgets its traffic: nothing is served until it is started and ordered anew. */
	stopRouter(): Promise<void>;
	/**
	 * Ends what still runs, and removes all that the environment has, its journal, audit and context, too. From then on it is as one in
	 * which nothing has ever happened, until it is opened anew.
	 * @returns what was left in place, since it is of somebody else's
	 */
	remove(): Promise<string[]>;
	close(): void;
}
