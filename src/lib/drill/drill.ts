import type { RoleCause } from '../failover/failover-store.ts';
import { faults } from '../targets/fault.ts';

/** Faults of instances, and `broker-loss`: the MQTT broker of the flows is away for a while. */
export const drillKinds = [...faults, 'broker-loss'] as const;
export type DrillKind = (typeof drillKinds)[number];

/**
 * - `taken over`: a spare became active
 * - `went on`: the instance that was active is again, or still
 * - `not taken over`: nobody was active when the time was over
 * - `not possible`: nothing was done; `interrupted`: it was broken off, and undone, or not begun
 */
export type DrillOutcome = 'taken over' | 'went on' | 'not taken over' | 'not possible' | 'interrupted';

/** Requests to the router, by the first HTTP check. */
export interface RequestCounts {
	sent: number;
	/** No answer within 10 s, or another one than the check expects. */
	failed: number;
	longestMs: number;
}

/** Messages, by the first MQTT check that publishes. */
export interface MessageCounts {
	sent: number;
	/** Taken by the broker, and never answered. */
	lost: number;
	/** Answers beyond the first. */
	doubled: number;
}

export interface DrillReport {
	kind: DrillKind;
	outcome: DrillOutcome;
	/** Null where nothing was tried. */
	passed: boolean | null;
	/** Who was active, and who is then; null where that is nobody. */
	from: string | null;
	to: string | null;
	/** What the instances wrote down as the reason. */
	cause: RoleCause | null;
	/** From the fault until it was answered to: the active instance had no lease any more. Null: not seen. */
	detectMs: number | null;
	/** From the fault until flows ran again. Null: they did not, or nobody took over. */
	takeoverMs: number | null;
	requests: RequestCounts | null;
	messages: MessageCounts | null;
	/** As far as the instances' own words show it, asked 20 times a second. */
	doubleActiveMs: number;
	/** What else is to be said, in words; empty: nothing. */
	note: string;
}

/** The contract of `drill --json`. */
export interface DrillResult {
	environment: string;
	release: number;
	drills: DrillReport[];
	/** Whether the environment serves as it should after the last of them; the reasons where not. */
	serving: boolean;
	reasons: string[];
}
