import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decideCut } from '../lib/cutover/cut.ts';
import { findCut, type Marked } from '../lib/cutover/find-cut.ts';
import { decideAsHotSpare } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import type { LeaseRecord, LeaseStore } from '../lib/lease/lease.ts';
import type { SlotName } from '../lib/promotion/journal.ts';
import type { CutOrder, Instance, InstanceState, Position, StreamReport } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';

/** Between two questions how far the active instance has come. */
const FOLLOW_MS = 100;
/** After a gate or a cut that was not possible. */
const RETRY_MS = 2000;
/** For the last position of an instance whose Node-RED has just ended: its runner has it at hand, if it lives. */
const LAST_ANSWER_MS = 100;

/** What is asked of the active instance. */
export type Leader = Marked & Pick<Instance, 'position'>;

export interface HotSpareParts {
	slot: SlotName;
	seat: string;
	cutTopic: string;
	connectMs: number;
	leases: LeaseStore;
	failover: FailoverStore;
	log: Log;
	/** The instance of that name; null where it is none of this slot's. */
	peer(instance: string): Leader | null;
	/** This spare. */
	self: Marked;
	state(): InstanceState;
	/** Starts the flows behind the gate. */
	gate(): Promise<{ refused: string | null }>;
	/** Stops them again. */
	ungate(): Promise<void>;
	/** Forgets what waits at the gate and has been handled. */
	advance(order: CutOrder): Promise<void>;
}

/** Where both sides stood when the same sentinels came by. */
interface Cut {
	leader: string;
	topic: string;
	before: StreamReport;
	after: StreamReport;
}

/**
 * Keeps a spare hot: its flows run behind a closed gate, connected and subscribed, and it holds what the active instance has not told
 * to have handled. After a crash the gate opens at the active's last known position: nothing of what both were subscribed to is
 * lost, and what the active handled after it last told is handled twice. Where the place cannot be counted, it is told by time.
 */
export class HotSpare {
	readonly #parts: HotSpareParts;
	#cut: Cut | null = null;
	#position: Position | null = null;
	#fault = '';

	constructor(parts: HotSpareParts) {
		this.#parts = parts;
	}

	/** Whom it follows, and whether by counting; null where it follows nobody. */
	get following(): { instance: string; counted: boolean } | null {
		return this.#cut && this.#parts.state() === 'gated' ? { instance: this.#cut.leader, counted: this.#isCounted() } : null;
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	async run(): Promise<never> {
		for (;;) {
			await sleep(FOLLOW_MS, undefined, { ref: false });
			try {
				await this.#look();
			} catch (error) {
				this.#tell(String(error));
				await sleep(RETRY_MS, undefined, { ref: false });
			}
		}
	}

	/** Where the gate is to open, now that the active one is gone. */
	async lastOrder(): Promise<CutOrder> {
		const leader = this.#cut && this.#parts.peer(this.#cut.leader);
		if (leader) this.#take(await Promise.race([leader.position().catch(() => null), sleep(LAST_ANSWER_MS, null)]));
		return this.#order();
	}

	async #look(): Promise<void> {
		const { leases, failover, seat: name, slot, state } = this.#parts;
		if (state() !== 'standby' && state() !== 'gated') return this.#forget();
		const seat = (await leases.list()).find((record) => record.seat === name) ?? null;
		const decision = decideAsHotSpare(slot, seat, await failover.intent());
		if (decision === 'stand down' && state() === 'gated') await this.#parts.ungate();
		if (decision === 'follow' && seat) await this.#follow(seat);
	}

	async #follow({ holder }: LeaseRecord): Promise<void> {
		const name = holder.split('@')[0] as string;
		const leader = this.#parts.peer(name);
		if (!leader) return;
		if (this.#parts.state() === 'standby') {
			this.#forget();
			const { refused } = await this.#parts.gate();
			if (refused) throw new Error(`the flows cannot wait behind a gate: ${refused}`);
		}
		const position = await leader.position();
		if (!this.#fits(name, position)) await this.#findCut(name, leader, position);
		else this.#take(position);
		await this.#parts.advance(this.#order());
		this.#fault = '';
	}

	/** The active one may have been marked anew, by another spare or by a cutover. */
	#fits(leader: string, position: Position | null): boolean {
		return (
			this.#cut !== null &&
			position !== null &&
			this.#cut.leader === leader &&
			this.#cut.topic === position.topic &&
			position.lost.length === 0
		);
	}

	async #findCut(name: string, leader: Leader, position: Position | null): Promise<void> {
		const { cutTopic, connectMs, self } = this.#parts;
		this.#cut = null;
		const isUsable = position !== null && position.lost.length === 0;
		const topic = isUsable ? position.topic : `${cutTopic}/${randomBytes(8).toString('hex')}`;
		const { before, after } = await findCut(leader, self, { topic, timeoutMs: connectMs, follow: 'follow' });
		this.#cut = { leader: name, topic, before, after };
		this.#position = await leader.position();
	}

	#take(position: Position | null): void {
		if (this.#cut && position?.topic === this.#cut.topic) this.#position = position;
	}

	#isCounted(): boolean {
		return this.#cut !== null && this.#position?.topic === this.#cut.topic && this.#position.lost.length === 0;
	}

	#order(): CutOrder {
		const closedAtMs = this.#position?.atMs ?? 0;
		if (!this.#cut || !this.#position || !this.#isCounted()) return { handled: {}, closedAtMs };
		const { before, after } = this.#cut;
		return decideCut({ ...before, counts: this.#position.counts, closedAtMs }, after);
	}

	#forget(): void {
		this.#cut = null;
		this.#position = null;
	}

	/** Once, not at each look. */
	#tell(fault: string): void {
		if (fault !== this.#fault) this.#parts.log.write('the spare is not hot', { error: fault });
		this.#fault = fault;
	}
}
