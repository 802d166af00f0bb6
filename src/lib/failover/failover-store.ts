import type { SlotName } from '../promotion/journal.ts';
import type { PromotionState } from '../promotion/machine.ts';

/** What an environment wants of its instances: read anew whenever one of them decides something by itself. */
export interface Intent {
	/** Whose instances may take a free seat; null before the first promotion. */
	servingSlot: SlotName | null;
	/** Where a promotion stands that has neither come through nor gone back; null where there is none. */
	promotion: PromotionState | null;
	paused: FailoverPause | null;
}

/** Automatic failover is off. */
export interface FailoverPause {
	/** `user@host (pid 123)`. */
	by: string;
	/** ISO 8601, UTC. */
	since: string;
	/** ISO 8601, UTC: when it ends by itself; null: when somebody ends it. */
	until: string | null;
	/** `down`: the environment was taken down; `up` ends that. */
	reason: 'asked' | 'down';
}

/**
 * Why an instance became active, or stopped being it.
 * - `crashed`: its Node-RED ended; `hung`: its event loop stood still; `stuck`: it ran, and made no progress
 * - `silent`: it did not renew its lease, and said nothing: frozen, or gone with its runner
 * - `cut off`: its container was disconnected from its network, and it ended itself
 * - `lease lost`: it could not renew in time, and ended itself
 * - `asked`: by a promotion, a switchover, `up`, `down` or `failover`
 */
export type RoleCause = 'crashed' | 'hung' | 'stuck' | 'silent' | 'cut off' | 'lease lost' | 'asked';

/** An instance became active, or stopped being it, or does not come up any more. */
export interface RoleChange {
	/** ISO 8601, UTC. */
	at: string;
	/** The same moment of the host's monotonic clock, in milliseconds. */
	atMs: number;
	seat: string;
	/** The fencing token under which it is, or was, active; null where it does not come up. */
	token: number | null;
	/** `blue/0`. */
	instance: string;
	/** `failed`: its Node-RED ends again and again; its runner goes on trying. */
	role: 'active' | 'standby' | 'failed';
	/** Of a failover: why the one before is no longer active. */
	cause: RoleCause;
	/** What is known beyond that, in words: `ended by SIGKILL`. */
	detail: string;
	/** Who was active before; null where nobody was, or where it stopped being active. */
	before: string | null;
	/** From the end of the one before, or its last sign of life, until the flows ran here, in milliseconds; null as above. */
	tookMs: number | null;
}

/** What the instances of an environment share beside their leases. */
export interface FailoverStore {
	intent(): Promise<Intent>;
	pause(pause: FailoverPause): Promise<void>;
	/** Ends a pause, whoever began it; @returns which it was. */
	resume(): Promise<FailoverPause | null>;
	record(change: RoleChange): Promise<void>;
	/** The latest first. */
	changes(limit: number): Promise<RoleChange[]>;
}
