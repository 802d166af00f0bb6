import type { MonotonicClock } from '../adapters/clock.ts';
import { isOlder } from './cluster-fault.ts';
import { isSameGrant, type LeaseObject } from './lease-object.ts';

/** A lease, and since when it has been as it is, by this process's own clock. */
export interface Sighting {
	lease: LeaseObject;
	sinceMs: number;
	/** It was like that at the first look: for how long before, nobody here knows. */
	isFirst: boolean;
}

/**
 * What one process has seen of leases, and when, by its own monotonic clock: it takes a lease for ended when its ttl has gone by since it saw
 * the present grant first. Of a Lease that somebody has removed it remembers the last, which goes on counting for the one that is
 * made in its place, until that has got as far.
 */
export class LeaseSightings {
	readonly #clock: Pick<MonotonicClock, 'nowMs'>;
	/** By the seat. */
	readonly #present = new Map<string, Sighting>();
	/** By the seat: the last of a Lease that somebody has removed, until its successor has got as far. */
	readonly #removed = new Map<string, Sighting>();

	constructor(clock: Pick<MonotonicClock, 'nowMs'>) {
		this.#clock = clock;
	}

	/** Undefined where no Lease of the seat is known to be there. */
	of(seat: string): Sighting | undefined {
		return this.#present.get(seat);
	}

	/** Whether somebody has removed a Lease of the seat that no other has taken the place of. */
	hasLost(seat: string): boolean {
		return this.#removed.has(seat);
	}

	/**
	 * Takes note of a lease as somebody tells of it.
	 * @returns what is known now: news that come late do not count
	 */
	see(lease: LeaseObject): Sighting {
		const known = this.#present.get(lease.seat);
		const isSameObject = known?.lease.metadata.uid === lease.metadata.uid;
		if (known && isSameObject && isOlder(versionOf(lease), versionOf(known.lease))) return known;
		if (known && !isSameObject) this.#removed.set(lease.seat, known);
		const sighting = this.#inheriting(lease) ?? this.#next(known, lease);
		this.#present.set(lease.seat, sighting);
		return sighting;
	}

	/** Takes note of a lease as it was written here just now. */
	wrote(lease: LeaseObject): void {
		this.#present.set(lease.seat, { lease, sinceMs: this.#clock.nowMs(), isFirst: false });
	}

	/** Takes note that there is no such Lease. @param name the object's */
	lose(name: string | undefined): void {
		for (const [seat, sighting] of this.#present) {
			if (sighting.lease.metadata.name !== name) continue;
			this.#removed.set(seat, sighting);
			this.#present.delete(seat);
		}
	}

	/** Milliseconds until the lease has ended; 0 where nobody has it. */
	remainingMs({ lease, sinceMs }: Sighting): number {
		return lease.holder === null ? 0 : Math.max(0, sinceMs + lease.ttlMs - this.#clock.nowMs());
	}

	#next(known: Sighting | undefined, lease: LeaseObject): Sighting {
		if (known && isSameGrant(known.lease, lease)) return { ...known, lease };
		return { lease, sinceMs: this.#clock.nowMs(), isFirst: known === undefined };
	}

	/** What one that was made in place of another stands for; null where it is none, or has got as far as that. */
	#inheriting(lease: LeaseObject): Sighting | null {
		const removed = this.#removed.get(lease.seat);
		if (!removed) return null;
		if (lease.token < removed.lease.token) {
			const { holder, token, ttlMs, acquiredMs } = removed.lease;
			return { ...removed, lease: { ...lease, holder, token, ttlMs, acquiredMs } };
		}
		this.#removed.delete(lease.seat);
		return null;
	}
}

function versionOf({ metadata }: LeaseObject): string {
	return metadata.resourceVersion ?? '';
}
