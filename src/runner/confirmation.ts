import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { ControlUnreachable } from '../lib/control/client.ts';
import { whoHas } from '../lib/lease/holder.ts';
import type { Instance } from '../lib/targets/instance.ts';

/** Another instance of the environment, of either slot. */
export type Member = Pick<Instance, 'name' | 'confirm' | 'status'>;

/** For the answers of all; they come from memory. */
const ANSWER_MS = 300;

/**
 * Lets an active instance go on while the store of the leases is lost, as Patroni's fail-safe mode does
 * (https://patroni.readthedocs.io/en/latest/dcs_failsafe_mode.html): as long as every member that could take its seat promises not to.
 * A member that does not exist, or whose runner is gone, cannot take anything; one that does not answer might.
 *
 * Nor is a container gone whose name is unknown (ENOTFOUND, EAI_AGAIN). It is off the network, which is not ended: it has the
 * environment's volume, and may seek the seat in the moment in which it is connected again. And to whoever is cut off itself all names
 * are unknown: it would have its lease confirmed by nobody. That costs little: a runner that ends in order is no member any more, so
 * that only a container that was killed, and is not started again, keeps others from confirming.
 */
export class Confirmation {
	readonly #members: () => Member[];
	readonly #clock: MonotonicClock;
	#promise: { holder: string; untilMs: number } | null = null;
	#isSeeking = false;
	readonly #freeFromMs: number;

	/** @param ttlMs for how long others may lean on a promise that was given before this process began, which it knows nothing of */
	constructor(members: () => Member[], clock: MonotonicClock, ttlMs: number) {
		this.#members = members;
		this.#clock = clock;
		this.#freeFromMs = clock.nowMs() + ttlMs;
	}

	/** Until it may seek a seat, in milliseconds: until then it, or a runner before it that is gone, may have left it to somebody. */
	get restMs(): number {
		return Math.max(0, this.#freeFromMs - this.#clock.nowMs());
	}

	/**
	 * Takes the seat, unless somebody may run the flows whose lease has ended in the store. Nothing is promised meanwhile: whoever
	 * leans on a promise runs its flows beside what is taken then.
	 * @returns who has it; null where it was taken
	 */
	async seek<T extends { heldBy?: string }>(acquire: () => Promise<T | null>): Promise<string | null> {
		if (this.promisedTo) return this.promisedTo;
		this.#isSeeking = true;
		try {
			const active = await this.whoIsActive();
			if (active) return active;
			return whoHas(await acquire());
		} finally {
			this.#isSeeking = false;
		}
	}

	/** Whether all the others leave the seat to this holder for so long from now on. */
	async byAll(holder: string, forMs: number): Promise<boolean> {
		const answers = await Promise.all(this.#members().map((member) => this.#ask(() => member.confirm(holder, forMs), true)));
		return answers.every(Boolean);
	}

	/** Another instance's request, which is granted to one at a time. */
	promise(holder: string, forMs: number): boolean {
		if (this.#isSeeking || (this.#promise && this.#promise.holder !== holder && this.promisedTo)) return false;
		this.#promise = { holder, untilMs: this.#clock.nowMs() + forMs };
		return true;
	}

	/** To whom this instance has left the seat; null where it has not. */
	get promisedTo(): string | null {
		return this.#promise && this.#clock.nowMs() < this.#promise.untilMs ? this.#promise.holder : null;
	}

	/** A member that runs its flows under a lease that the store may have forgotten; null where none says so. */
	async whoIsActive(): Promise<string | null> {
		const active = await Promise.all(
			this.#members().map(async (member) =>
				(await this.#ask(async () => (await member.status())?.lease ?? null, null)) ? member.name : null,
			),
		);
		return active.find((name) => name !== null) ?? null;
	}

	/** @param gone what stands for the answer of one that is no longer there */
	async #ask<T>(call: () => Promise<T>, gone: T): Promise<T | null> {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<null>((resolve) => {
			timer = setTimeout(() => resolve(null), ANSWER_MS);
		});
		try {
			return await Promise.race([call(), late]);
		} catch (error) {
			return error instanceof ControlUnreachable && error.gone ? gone : null;
		} finally {
			clearTimeout(timer);
		}
	}
}
