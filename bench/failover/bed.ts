import type { MonotonicClock } from '../../src/lib/adapters/clock.ts';
import type { Processes } from '../place/place.ts';
import type { Kind, Session } from './kinds.ts';

/** Where flows run that are to fail. */
export interface Bed {
	session: Session;
	/** Its topics, and its persistent session. */
	name: string;
	/** What knows who is active; null where nobody stands by, or no file has it. */
	store: { file: string } | null;
	/** How long a lease lasts; null where none proves who is active. */
	ttlMs: number | null;
	/** Who is active, once everything is as it should be before a fault. */
	settled(): Promise<Active>;
}

/** Who handles messages, and what is about to fail. */
export interface Active {
	/** As it signs: `blue/0`. */
	instance: string;
	processes: Processes;
	/** Node-RED's own, past any router. */
	url: string;
	/**
	 * When somebody answered to the fault, on the host's monotonic clock. Null where nobody was seen to before `stopped`.
	 */
	watchDetection(kind: Kind, options: { clock: MonotonicClock; stopped: AbortSignal }): Promise<number | null>;
}
