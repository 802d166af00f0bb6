import type { V1Lease } from '@kubernetes/client-node';
import type { MonotonicClock } from '../adapters/clock.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { LeaseGrant, LeaseRecord, LeaseRefusal, LeaseStore } from '../lease/lease.ts';
import { type Decision, decideAcquire, decideHandOver, decideRenew, free, type Seat } from '../lease/seat.ts';
import type { Cluster } from './cluster.ts';
import { answeredWith, withClusterFaults } from './cluster-fault.ts';
import { type LeaseObject, nextLease, readLease } from './lease-object.ts';
import { LeaseSightings, type Sighting } from './lease-sightings.ts';
import { annotation, FIELD_MANAGER, labelsOf, type Names, selectorOf } from './names.ts';
import type { Watched } from './watched.ts';

export interface KubernetesLeaseStoreParts {
	cluster: Cluster;
	names: Names;
	clock: Pick<MonotonicClock, 'nowMs'>;
	/** Of this environment's leases (`leaseSelector`): `list` reads from it. Without it `list` asks the API server. */
	watched?: Watched<V1Lease>;
	/** Whether it makes a Lease that is not there when somebody asks for its seat: a command may. Default: no. */
	makesLeases?: boolean;
}

/** What a holder writes down; null where nothing is. */
type Write = Pick<LeaseObject, 'holder' | 'token' | 'ttlMs'>;

/** What becomes of a seat as it is, and what is to be written for it. */
type Decide = (seat: Seat, ttlMs: number) => [Decision, Write | null];

/** Labels of an environment's leases, as a selector. */
export function leaseSelector(names: Pick<Names, 'prefix'>): string {
	return selectorOf(labelsOf(names, 'lease'));
}

/**
 * Leases as `coordination.k8s.io/v1` objects. Each change is one PUT with the version that it was decided on, so that of several
 * contenders the API server takes one; the others are told (409), read again, and decide anew.
 *
 * Whether a lease has ended is never seen by comparing the clocks of machines. Each store notes on its own monotonic clock when it saw
 * the present grant first, and takes the lease for ended when its ttl has gone by since then. The holder counts from before it
 * asked, which was earlier: it stops first. So of a holder that was dead before this store looked, the seat is free a ttl after the
 * first look, not sooner: when it last renewed is known by its own wall clock alone.
 *
 * A Lease that somebody removes takes neither the seat from its holder nor the count from its tokens: who has seen it goes by what was
 * in it, also for the one that is made in its place.
 */
export class KubernetesLeaseStore implements LeaseStore {
	readonly #parts: KubernetesLeaseStoreParts;
	readonly #sightings: LeaseSightings;

	constructor(parts: KubernetesLeaseStoreParts) {
		this.#parts = parts;
		this.#sightings = new LeaseSightings(parts.clock);
		parts.watched?.on('changed', (name, object) => {
			const lease = object && readLease(object);
			if (lease) this.#sightings.see(lease);
			else this.#sightings.lose(name);
		});
	}

	/**
	 * Makes those that are not there yet; only the command line may.
	 * @throws FlowferryError as `explainClusterFault`
	 */
	async createLeases(seats: string[]): Promise<void> {
		const { cluster, names } = this.#parts;
		const create = async (seat: string) => {
			const metadata = { name: names.lease(seat), labels: labelsOf(names, 'lease'), annotations: { [annotation.seat]: seat } };
			try {
				const body: V1Lease = { metadata, spec: { leaseTransitions: 0 } };
				await cluster.coordination.createNamespacedLease({ namespace: cluster.namespace, body, fieldManager: FIELD_MANAGER });
			} catch (error) {
				if (!answeredWith(error, 409)) throw error;
			}
		};
		await withClusterFaults(cluster, async () => await Promise.all(seats.map(create)));
	}

	/**
	 * Of seats those that have no Lease, by its name.
	 * @throws FlowferryError as `explainClusterFault`
	 */
	async missing(seats: string[]): Promise<string[]> {
		const there = new Set((await this.#listObjects()).map(({ metadata }) => metadata?.name));
		return seats.map(this.#parts.names.lease).filter((name) => !there.has(name));
	}

	async acquire(seat: string, holder: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		const decide = (current: Seat) => withTtl(decideAcquire(current, holder), ttlMs);
		for (;;) {
			const answer = await this.#change(seat, decide);
			if (answer) return answer;
			if (!this.#parts.makesLeases) throw noLease(seat, this.#parts);
			await this.createLeases([seat]);
		}
	}

	/**
	 * Where the answer comes after the lease's end it is refused, though nobody else has had it.
	 * @throws FlowferryError LEASE_MISSING while a Lease that was there is not
	 */
	async renew(seat: string, holder: string, token: number, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		const before = this.#sightings.of(seat);
		const answer = await this.#changeThere(seat, (current) => withTtl(decideRenew(current, { holder, token }), ttlMs));
		if (!before || before.lease.token !== token || this.#sightings.remainingMs(before) > 0) return answer;
		return answer.granted ? { granted: false, seat } : answer;
	}

	async handOver(seat: string, holder: string, token: number, to: string, ttlMs: number): Promise<LeaseGrant | LeaseRefusal> {
		return await this.#changeThere(seat, (current) => withTtl(decideHandOver(current, { holder, token }, to), ttlMs));
	}

	async release(seat: string, holder: string, token: number): Promise<void> {
		// The object stays: its token must go on growing.
		await this.#change(seat, (current, ttlMs) => {
			const isCurrent = current.holder === holder && current.token === token;
			return [{ granted: isCurrent, holder, token }, isCurrent ? { holder: null, token, ttlMs } : null];
		});
	}

	/**
	 * From the watch, where there is one. Else for a user to see, who need not wait for a ttl after each look: there a lease counts as over,
	 * too, where it is by the holder's wall clock.
	 * @throws FlowferryError as `Watched.read` and `explainClusterFault`
	 */
	async list(): Promise<LeaseRecord[]> {
		const { watched } = this.#parts;
		const objects: Parameters<typeof readLease>[0][] = watched ? watched.read() : await this.#listObjects();
		return objects
			.map((object) => readLease(object))
			.filter((lease) => lease !== null)
			.map((lease) => this.#sightings.see(lease))
			.map((sighting) => this.#recordOf(sighting, watched === undefined))
			.filter((record) => record !== null)
			.sort((a, b) => (a.seat < b.seat ? -1 : 1));
	}

	close(): void {
		this.#parts.watched?.close();
	}

	/** @throws FlowferryError LEASE_MISSING where it takes a Lease to tell, and there is none */
	async #changeThere(seat: string, decide: Decide): Promise<LeaseGrant | LeaseRefusal> {
		const answer = await this.#change(seat, decide);
		if (!answer) throw noLease(seat, this.#parts);
		return answer;
	}

	/**
	 * Begins with what is known: where it is out of date the API server says so, and nothing is refused before it was asked.
	 * @returns null where it takes a Lease to tell, and there is none
	 */
	async #change(name: string, decide: Decide): Promise<LeaseGrant | LeaseRefusal | null> {
		return await withClusterFaults(this.#parts.cluster, async () => {
			for (let known = this.#sightings.of(name); ; known = undefined) {
				const sighting = known ?? (await this.#look(name));
				const [decision, write] = sighting ? decide(this.#seatOf(sighting), sighting.lease.ttlMs) : decide(free, 0);
				if (!sighting) return write || this.#sightings.hasLost(name) ? null : { seat: name, ...decision };
				if (write && (await this.#write(sighting.lease, write))) return { seat: name, ...decision };
				if (!write && !known) return { seat: name, ...decision };
			}
		});
	}

	/** @returns whether it was taken; not, where somebody was faster */
	async #write(last: LeaseObject, write: Write): Promise<boolean> {
		const { cluster, names } = this.#parts;
		const { namespace, coordination } = cluster;
		const body = nextLease(last, write, Date.now());
		try {
			const name = names.lease(last.seat);
			const lease = readLease(await coordination.replaceNamespacedLease({ name, namespace, body, fieldManager: FIELD_MANAGER }));
			if (lease) this.#sightings.wrote(lease);
			return true;
		} catch (error) {
			if (answeredWith(error, 404)) this.#sightings.lose(names.lease(last.seat));
			else if (!answeredWith(error, 409)) throw error;
			return false;
		}
	}

	async #look(seat: string): Promise<Sighting | null> {
		const { cluster, names } = this.#parts;
		try {
			const lease = readLease(await cluster.coordination.readNamespacedLease({ name: names.lease(seat), namespace: cluster.namespace }));
			return lease && this.#sightings.see(lease);
		} catch (error) {
			if (!answeredWith(error, 404)) throw error;
			this.#sightings.lose(names.lease(seat));
			return null;
		}
	}

	async #listObjects(): Promise<V1Lease[]> {
		const { cluster, names } = this.#parts;
		const labelSelector = leaseSelector(names);
		return await withClusterFaults(cluster, async () => {
			const { items } = await cluster.coordination.listNamespacedLease({ namespace: cluster.namespace, labelSelector });
			return items;
		});
	}

	#seatOf(sighting: Sighting): Seat {
		const { holder, token } = sighting.lease;
		return { holder, token, remainingMs: this.#sightings.remainingMs(sighting) };
	}

	#recordOf(sighting: Sighting, forDisplay: boolean): LeaseRecord | null {
		const { seat, holder, token, renewedMs, ttlMs } = sighting.lease;
		const told = renewedMs + ttlMs - Date.now();
		const remaining = this.#sightings.remainingMs(sighting);
		const isTold = forDisplay && (sighting.isFirst || told <= 0);
		const remainingMs = isTold ? Math.min(remaining, told) : remaining;
		return holder !== null && remainingMs > 0 ? { seat, holder, token, remainingMs } : null;
	}
}

function withTtl(decision: Decision, ttlMs: number): [Decision, Write | null] {
	return [decision, decision.granted ? { holder: decision.holder, token: decision.token, ttlMs } : null];
}

function noLease(seat: string, { names, cluster: { name, namespace } }: KubernetesLeaseStoreParts): FlowferryError {
	return new FlowferryError({
		code: 'LEASE_MISSING',
		message: `${name} has no Lease ${names.lease(seat)} in the namespace ${namespace}`,
		hint: '`flowferry up` makes it anew; nobody holds the seat meanwhile',
	});
}
