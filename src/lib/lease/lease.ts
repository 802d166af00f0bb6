/**
 * The lease contract. A *seat* is the right to run the flows: one for an environment in hot-spare mode, one for each
 * instance in load-balanced mode, where one more, `primary`, is the right to fire timers. At most one holder owns a seat, and each
 * new grant carries a higher fencing token.
 */
export interface LeaseStore {
	/** Takes the seat if it is free, expired, or already this holder's. */
	acquire(seat: string, holder: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal>;
	/** Extends a grant; refused where it has expired or gone to somebody else. */
	renew(seat: string, holder: string, token: number, ttlMs: number): Promise<LeaseGrant | LeaseRefusal>;
	/** Gives the seat to another holder in one transaction, with a new token: nobody else can come between. */
	handOver(seat: string, holder: string, token: number, to: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal>;
	/** Frees the seat; no effect where the token is no longer current. */
	release(seat: string, holder: string, token: number): Promise<void>;
	/** Every seat that has a current holder. */
	list(): Promise<LeaseRecord[]>;
	close(): void;
}

export interface LeaseGrant {
	granted: true;
	seat: string;
	holder: string;
	/** Grows with each change of holder. */
	token: number;
}

export interface LeaseRefusal {
	granted: false;
	seat: string;
	/** Who has it; absent where nobody does (a renewal that came too late). */
	heldBy?: string;
	/** Until the other's lease ends, in milliseconds. */
	remainingMs?: number;
}

export interface LeaseRecord {
	seat: string;
	holder: string;
	token: number;
	remainingMs: number;
}

/** In milliseconds. `ttlMs > renewDeadlineMs > retryMs × 1.2` (client-go's leader election checks the same). */
export interface LeaseTiming {
	/** How long a grant lasts without renewal. */
	ttlMs: number;
	/** Without a successful renewal for so long, the holder demotes itself. */
	renewDeadlineMs: number;
	/** Between renewals. */
	retryMs: number;
}
