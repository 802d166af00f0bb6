import { setTimeout as sleep } from 'node:timers/promises';
import type { PrimaryMessage, SingletonSources } from '../agent/protocol.ts';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import type { LeaseStore, LeaseTiming } from '../lib/lease/lease.ts';
import { LeaseKeeper } from '../lib/lease/lease-keeper.ts';

/** One for an environment: the instance that has it fires what is to fire once. */
const SEAT = 'primary';

/** Between two looks at who has the seat; a look only reads. */
const POLL_MS = 100;

export interface PrimaryRoleOptions {
	store: LeaseStore;
	clock: MonotonicClock;
	/** `blue/0`. */
	instance: string;
	/** Who this runner is to the lease store. */
	holder: string;
	timing: LeaseTiming;
	/** What the primary alone has. */
	sources: SingletonSources;
	/** To the agent of the Node-RED that runs, if one does. */
	tell(message: PrimaryMessage): void;
	log(event: string, facts: object): void;
}

/**
 * Whether this instance is the primary of several that run the same flows. Contends for the seat while its flows run, from
 * before their start until they are quiesced or have ended; what is lost here costs the instance nothing else.
 */
export class PrimaryRole {
	readonly #options: PrimaryRoleOptions;
	readonly #keeper: LeaseKeeper;
	#contends = false;
	#timer: NodeJS.Timeout | undefined;
	/** A look that is under way. */
	#looking: Promise<void> = Promise.resolve();

	constructor(options: PrimaryRoleOptions) {
		this.#options = options;
		this.#keeper = new LeaseKeeper({
			...options,
			seat: SEAT,
			events: {
				extended: (untilMs) => options.tell({ primaryUntilMs: untilMs }),
				lost: (reason) => {
					options.log('no longer the primary', { reason });
					options.tell({ primaryUntilMs: null });
				},
			},
		});
	}

	get held(): boolean {
		return this.#keeper.held;
	}

	/**
	 * Before the flows start, or their gate opens: takes the seat, or sees that another instance of this side has it, so that
	 * what fires once at a start knows where. Whoever is left from before lets go of it in time, or its lease ends.
	 * @param waitMs at most so long; after that the role is decided while the flows run
	 */
	async enter(waitMs: number): Promise<void> {
		this.#options.tell({ primaryUntilMs: null, sources: this.#options.sources });
		// Twice what a dead holder's lease can last.
		const end = performance.now() + Math.min(waitMs, 2 * this.#options.timing.ttlMs);
		while (!(await this.#decides()) && performance.now() < end) await sleep(POLL_MS / 2);
		this.#contends = true;
		this.#schedule();
	}

	/** It keeps the role where it has it, and takes it no more: its sources are closed, or its flows about to stop. */
	standStill(): void {
		this.#contends = false;
		clearTimeout(this.#timer);
	}

	/** Call it when nothing fires here any more: at once somebody else may. */
	async giveUp(): Promise<void> {
		this.standStill();
		await this.#looking;
		this.#options.tell({ primaryUntilMs: null });
		try {
			await this.#keeper.giveUp(null);
		} catch (error) {
			// It ends by itself.
			this.#options.log('the seat of the primary could not be given up', { error: String(error) });
		}
	}

	#schedule(): void {
		clearTimeout(this.#timer);
		if (!this.#contends) return;
		this.#timer = setTimeout(() => {
			this.#looking = this.#decides().then(() => this.#schedule());
		}, POLL_MS);
	}

	/** True where it is decided who the primary of this side is. */
	async #decides(): Promise<boolean> {
		if (this.#keeper.held) return true;
		try {
			const holder = (await this.#options.store.list()).find(({ seat }) => seat === SEAT)?.holder ?? null;
			if (holder !== null && holder !== this.#options.holder) return this.#isBesideThis(holder);
			if (await this.#keeper.acquire()) return false;
			this.#options.log('primary', { token: this.#keeper.token });
			return true;
		} catch (error) {
			this.#options.log('who the primary is cannot be found out', { error: String(error) });
			return false;
		}
	}

	/** Another instance of this side; not one of the other side, nor a runner of this very instance that was here before. */
	#isBesideThis(holder: string): boolean {
		const { instance } = this.#options;
		const side = instance.slice(0, instance.indexOf('/') + 1);
		return holder.startsWith(side) && !holder.startsWith(`${instance}@`);
	}
}
