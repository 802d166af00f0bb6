import type { MonotonicClock } from '../lib/adapters/clock.ts';
import type { FailoverStore, RoleCause, RoleChange } from '../lib/failover/failover-store.ts';
import { instanceOf } from '../lib/lease/holder.ts';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';
import type { RoleHook } from './role-hook.ts';
import type { Predecessor } from './spare-watch.ts';

/** Looked back through for how the one before ended; and so much is kept for a store that does not answer. */
const RECENT = 20;
/** Between two attempts to write down what the store did not take: doubled each time, up to the second. */
const AGAIN_MS = [500, 10_000] as const;

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
	/** What the store has not taken yet, in order. */
	readonly #unwritten: RoleChange[] = [];
	readonly #faults: FaultLog;
	#again: NodeJS.Timeout | undefined;
	#againMs: number = AGAIN_MS[0];

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
		this.#faults = new FaultLog(parts.log, 'changes of role are not written down yet');
		this.#roles = parts.roles;
		this.#identity = parts.identity;
	}

	/** Somebody told it to. */
	activated(token: number): void {
		void this.#write({ token, role: 'active', cause: 'asked', detail: '', before: null, tookMs: null });
	}

	/** Its Node-RED was started again, under the lease that it had kept, or has got back. */
	wentOn(token: number, { cause, detail, atMs }: Ending & { atMs: number }): void {
		const tookMs = Math.round(this.#clock.nowMs() - atMs);
		void this.#write({ token, role: 'active', cause, detail, before: this.#identity.instance, tookMs });
	}

	/** By itself. */
	tookOver(token: number, predecessor: Predecessor | null): void {
		const atMs = this.#clock.nowMs();
		void this.#inTurn(async () => {
			// The one before may have been this very instance.
			await this.#writeDown();
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

	/**
	 * Resolves when it is written, or the store does not answer: whoever lets the seat go waits for that, so that its successor can
	 * say why.
	 */
	ended(token: number, { cause, detail }: Ending): Promise<void> {
		return this.#write({ token, role: 'standby', cause, detail, before: null, tookMs: null });
	}

	/** A boot loop: written when it becomes one, not at each of its rounds. */
	doesNotComeUp({ ended, how, log }: { ended: number; how: string; log: string }): void {
		const detail = `Node-RED has ended ${ended} times in a row, and ${how}; its log: ${log}`;
		void this.#write({ token: null, role: 'failed', cause: 'crashed', detail, before: null, tookMs: null });
	}

	async #endingOf({ token, holder }: Predecessor): Promise<RoleChange | undefined> {
		const written = await this.#store.changes(RECENT).catch(() => []);
		return [...this.#unwritten, ...written].find(
			(change) => change.role === 'standby' && change.token === token && change.instance === instanceOf(holder),
		);
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
		this.#unwritten.push(entry);
		await this.#writeDown();
	}

	/** What the store does not take it gets when it answers again: the lease was lost because it did not, and the history is to say so. */
	async #writeDown(): Promise<void> {
		clearTimeout(this.#again);
		try {
			while (this.#unwritten[0]) {
				await this.#store.record(this.#unwritten[0]);
				this.#unwritten.shift();
			}
			this.#faults.succeeded();
			this.#againMs = AGAIN_MS[0];
		} catch (error) {
			this.#faults.failed(error);
			this.#unwritten.splice(0, this.#unwritten.length - RECENT);
			this.#again = setTimeout(() => void this.#inTurn(() => this.#writeDown()), this.#againMs).unref();
			this.#againMs = Math.min(this.#againMs * 2, AGAIN_MS[1]);
		}
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		this.#turn = this.#turn.then(work).catch((error) => this.#log.write('a change of role was not told', { error: String(error) }));
		return this.#turn;
	}
}
