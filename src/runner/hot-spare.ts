import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../lib/adapters/clock.ts';
import { decideCut, nothingHandled } from '../lib/cutover/cut.ts';
import { findCut, type Marked } from '../lib/cutover/find-cut.ts';
import { decideAsHotSpare } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { instanceOf } from '../lib/lease/holder.ts';
import type { LeaseStore } from '../lib/lease/lease.ts';
import type { SlotName } from '../lib/promotion/journal.ts';
import type { CutOrder, Instance, InstanceState, Position, StreamReport } from '../lib/targets/instance.ts';
import { FaultLog } from './fault-log.ts';
import type { Log } from './log.ts';

/** Between two questions how far the active instance has come. */
const FOLLOW_MS = 100;
/** After a gate or a cut that was not possible. */
const RETRY_MS = 2000;
/** A message at QoS 0 that the broker gave to one side alone shifts their counts against each other: so long at most. */
const RECOUNT_MS = 60_000;
/** For the last position of an instance whose Node-RED has just ended: its runner has it at hand, if it lives. */
const LAST_ANSWER_MS = 100;
/** Where the place is told by the clock: what came so shortly before the active one last told is rather handled twice than lost. */
const CLOCK_MARGIN_MS = 500;

/** What is asked of the active instance. */
export type Leader = Marked & Pick<Instance, 'position'>;

export interface HotSpareParts {
	slot: SlotName;
	seat: string;
	cutTopic: string;
	connectMs: number;
	leases: LeaseStore;
	failover: FailoverStore;
	clock: MonotonicClock;
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
	advance(order: CutOrder): Promise<{ session: string }>;
}

/** Where both sides stood when the same sentinels came by. */
interface Cut {
	foundMs: number;
	before: StreamReport;
	after: StreamReport;
}

/** What is known of the active instance. */
interface Following {
	instance: string;
	/** Null until the first one was found. */
	cut: Cut | null;
	/** What it told last; null where it tells nothing. */
	position: Position | null;
	/** When it last answered, on the host's monotonic clock. */
	answeredMs: number;
	/** Of this spare's own counting. */
	session: string;
	/** Not to be tried before. */
	nextCutMs: number;
}

/**
 * Keeps a spare hot: its flows run behind a closed gate, connected and subscribed, and it holds what the active instance has not told
 * to have handled. After a crash the gate opens at the active's last known position: nothing of what both were subscribed to is
 * lost, and what the active handled after it last told is handled twice. Where the place cannot be counted, it is told by the clock.
 */
export class HotSpare {
	readonly #parts: HotSpareParts;
	#following: Following | null = null;
	readonly #faults: FaultLog;

	constructor(parts: HotSpareParts) {
		this.#parts = parts;
		this.#faults = new FaultLog(parts.log, 'the spare is not hot, or goes by the clock');
	}

	/** Whom it follows, and whether by counting; null where it follows nobody. */
	get following(): { instance: string; counted: boolean } | null {
		if (!this.#following || this.#parts.state() !== 'gated') return null;
		return { instance: this.#following.instance, counted: isCounted(this.#following) };
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	async run(): Promise<never> {
		for (;;) {
			await sleep(FOLLOW_MS, undefined, { ref: false });
			try {
				await this.#look();
			} catch (error) {
				this.#faults.failed(error);
				await sleep(RETRY_MS, undefined, { ref: false });
			}
		}
	}

	/** Where the gate is to open, now that the active one is gone. */
	async lastOrder(): Promise<CutOrder> {
		const following = this.#following;
		if (!following) return nothingHandled;
		const leader = this.#parts.peer(following.instance);
		const position = leader && (await Promise.race([leader.position().catch(() => null), sleep(LAST_ANSWER_MS, null)]));
		if (position) following.position = position;
		return orderOf(following);
	}

	async #look(): Promise<void> {
		const { leases, failover, seat: name, slot, state } = this.#parts;
		if (state() !== 'standby' && state() !== 'gated') return this.#forget();
		const seat = (await leases.list()).find((record) => record.seat === name) ?? null;
		const decision = decideAsHotSpare(slot, seat, await failover.intent());
		if (decision === 'stand down' && state() === 'gated') await this.#parts.ungate();
		if (decision === 'stand down') this.#forget();
		else if (seat) await this.#follow(instanceOf(seat.holder), decision === 'follow');
	}

	/** @param marks whether it may start its flows behind the gate, and have the streams marked */
	async #follow(instance: string, marks: boolean): Promise<void> {
		const leader = this.#parts.peer(instance);
		if (!leader) return;
		if (this.#parts.state() === 'standby') {
			this.#forget();
			if (!marks) return;
			const { refused } = await this.#parts.gate();
			if (refused) throw new Error(`the flows cannot wait behind a gate: ${refused}`);
		}
		const position = await leader.position();
		const answeredMs = this.#parts.clock.nowMs();
		if (this.#following?.instance !== instance) this.#following = { instance, cut: null, position, answeredMs, session: '', nextCutMs: 0 };
		const following = this.#following;
		following.answeredMs = answeredMs;
		following.position = position;
		if (marks && this.#isCutDue(following)) await this.#findCut(leader, following);
		following.session = (await this.#parts.advance(orderOf(following))).session;
	}

	#isCutDue(following: Following): boolean {
		const now = this.#parts.clock.nowMs();
		if (now < following.nextCutMs) return false;
		return !isCounted(following) || now - (following.cut?.foundMs ?? 0) > RECOUNT_MS;
	}

	/** Where that is not possible, it goes on with what it knows. On a topic of its own, so that no earlier failure stands in the way. */
	async #findCut(leader: Leader, following: Following): Promise<void> {
		const { cutTopic, connectMs, self, clock } = this.#parts;
		try {
			const topic = `${cutTopic}/${randomBytes(8).toString('hex')}`;
			const cut = await findCut(leader, self, { topic, timeoutMs: connectMs, follow: 'follow' });
			following.cut = { ...cut, foundMs: clock.nowMs() };
			following.session = cut.after.session;
			following.position = await leader.position();
			this.#faults.succeeded();
		} catch (error) {
			this.#faults.failed(error);
			following.nextCutMs = clock.nowMs() + RETRY_MS;
		}
	}

	#forget(): void {
		this.#following = null;
	}
}

/** Both sides still count as they did when the sentinels came by. */
function isCounted({ cut, position, session }: Following): boolean {
	return cut !== null && position?.session === cut.before.session && session === cut.after.session;
}

function orderOf(following: Following): CutOrder {
	const { cut, position, answeredMs } = following;
	if (cut && position && isCounted(following))
		return decideCut({ ...cut.before, counts: position.counts, closedAtMs: position.atMs }, cut.after);
	return { handled: {}, closedAtMs: (position?.atMs ?? answeredMs) - CLOCK_MARGIN_MS };
}
