import type { MonotonicClock } from '../lib/adapters/clock.ts';
import type { FailoverStore, RoleCause, RoleChange } from '../lib/failover/failover-store.ts';
import { instanceOf } from '../lib/lease/holder.ts';
import type { Log } from './log.ts';
import type { RoleHook } from './role-hook.ts';
import type { Predecessor } from './spare-watch.ts';

/** Looked back through for how the one before ended. */
const RECENT = 20;

const roleWords: Record<RoleChange['role'], string> = {
	active: 'active',
	standby: 'no longer active',
	failed: 'it does not come up',
};

/** Why an instance is no longer active. */
export interface Ending {
	cause: RoleCause;
	detail: string;
}

/** Writes down when and why this instance became active or stopped being it. Nothing waits for that, and nothing fails by it. */
export class RoleBook {
	readonly #store: FailoverStore;
	readonly #clock: MonotonicClock;
	readonly #log: Log;
	readonly #roles: Pick<RoleHook, 'roleChanged'>;
	readonly #identity: { instance: string; seat: string };
	/** Entries are written in the order in which things happened. */
	#turn: Promise<void> = Promise.resolve();

	constructor(parts: {
		store: FailoverStore;
		clock: MonotonicClock;
		log: Log;
		roles: Pick<RoleHook, 'roleChanged'>;
		identity: { instance: string; seat: string };
	}) {
		this.#store = parts.store;
		this.#clock = parts.clock;
		this.#log = parts.log;
		this.#roles = parts.roles;
		this.#identity = parts.identity;
	}

	/** Somebody told it to. */
	activated(token: number): void {
		void this.#write({ token, role: 'active', cause: 'asked', detail: '', before: null, tookMs: null });
	}

	/** Its Node-RED was started again, under the lease that it had kept. */
	wentOn(token: number, { cause, detail, atMs }: Ending & { atMs: number }): void {
		const tookMs = Math.round(this.#clock.nowMs() - atMs);
		void this.#write({ token, role: 'active', cause, detail, before: this.#identity.instance, tookMs });
	}

	/** By itself. */
	tookOver(token: number, predecessor: Predecessor | null): void {
		const atMs = this.#clock.nowMs();
		void this.#inTurn(async () => {
			const ending = predecessor && (await this.#endingOf(predecessor));
			const since = ending?.atMs ?? predecessor?.lastSignMs;
			await this.#record(atMs, {
				token,
				role: 'active',
				cause: ending?.cause ?? 'silent',
				detail: ending?.detail ?? (predecessor ? 'it did not renew its lease' : 'nobody was active'),
				before: predecessor && instanceOf(predecessor.holder),
				tookMs: since === undefined ? null : Math.round(atMs - since),
			});
		});
	}

	/** Resolves when it is written: whoever lets the seat go waits for that, so that its successor can say why. */
	ended(token: number, { cause, detail }: Ending): Promise<void> {
		return this.#write({ token, role: 'standby', cause, detail, before: null, tookMs: null });
	}

	/** A boot loop: written when it becomes one, not at each of its rounds. */
	doesNotComeUp({ ended, how, log }: { ended: number; how: string; log: string }): void {
		const detail = `Node-RED has ended ${ended} times in a row, and ${how}; its log: ${log}`;
		void this.#write({ token: null, role: 'failed', cause: 'crashed', detail, before: null, tookMs: null });
	}

	async #endingOf({ token, holder }: Predecessor): Promise<RoleChange | undefined> {
		const changes = await this.#store.changes(RECENT);
		return changes.find((change) => change.role === 'standby' && change.token === token && change.instance === instanceOf(holder));
	}

	#write(change: Omit<RoleChange, 'at' | 'atMs' | 'seat' | 'instance'>): Promise<void> {
		const atMs = this.#clock.nowMs();
		return this.#inTurn(() => this.#record(atMs, change));
	}

	async #record(atMs: number, change: Omit<RoleChange, 'at' | 'atMs' | 'seat' | 'instance'>): Promise<void> {
		const entry = { at: new Date().toISOString(), atMs, ...this.#identity, ...change };
		this.#log.write(roleWords[entry.role], entry);
		// What does not come up is told by the runner, at each of its rounds.
		if (entry.role !== 'failed')
			this.#roles.roleChanged(entry.role, entry.detail === '' ? entry.cause : `${entry.cause}: ${entry.detail}`, entry.token);
		await this.#store.record(entry);
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		this.#turn = this.#turn.then(work).catch((error) => this.#log.write('a change of role was not written down', { error: String(error) }));
		return this.#turn;
	}
}
