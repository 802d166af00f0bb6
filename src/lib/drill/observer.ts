import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { Instance } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';
import { type ActiveSpan, overlapMs } from './overlap.ts';

/** Between two questions to an instance. */
const ASK_MS = 50;
/** Between two looks at the lease. */
const LEASE_MS = 20;

/** Who is active, as long as it is watched. Times are of the clock that it was given. */
export interface Observer {
	/** Since when the seat is no longer held under the token that it was held under at first; null: it still is. */
	readonly lostMs: number | null;
	/** Who says that it is active under another token than at first. */
	readonly successor: string | null;
	/** Whether an instance said so when it last answered. */
	isActive(instance: string): boolean;
	/** For how long two instances said that they were active. */
	doubleActiveMs(): number;
	stop(): Promise<void>;
}

/** @param held the lease under which the active instance runs at first */
export function observe(
	target: Pick<Target, 'leases'>,
	instances: Pick<Instance, 'name' | 'status'>[],
	held: { seat: string; token: number },
	clock: Pick<MonotonicClock, 'nowMs'>,
): Observer {
	const spans: ActiveSpan[] = [];
	/** Under which token each was active when it last answered. */
	const tokens = new Map<string, number>();
	let lostMs: number | null = null;
	let stopped = false;

	const ask = async (instance: Pick<Instance, 'name' | 'status'>) => {
		let span: ActiveSpan | null = null;
		for (; !stopped; await sleep(ASK_MS)) {
			const askedMs = clock.nowMs();
			const status = await instance.status();
			if (status?.state !== 'active' || status.lease === null) {
				span = null;
				tokens.delete(instance.name);
				continue;
			}
			tokens.set(instance.name, status.lease.token);
			// True from the first answer on, and until the last question: a late answer may have been given long after that.
			if (span) span.toMs = askedMs;
			else {
				span = { who: instance.name, fromMs: clock.nowMs(), toMs: askedMs };
				spans.push(span);
			}
		}
	};
	const look = async () => {
		for (; !stopped && lostMs === null; await sleep(LEASE_MS)) {
			const seat = (await target.leases.list()).find((lease) => lease.seat === held.seat);
			if (seat?.token !== held.token) lostMs = clock.nowMs();
		}
	};
	const work = [...instances.map(ask), look()];
	return {
		get lostMs() {
			return lostMs;
		},
		get successor() {
			return [...tokens].find(([, token]) => token !== held.token)?.[0] ?? null;
		},
		isActive: (instance) => tokens.has(instance),
		doubleActiveMs: () => overlapMs(spans.filter(({ fromMs, toMs }) => toMs > fromMs)),
		stop: async () => {
			stopped = true;
			await Promise.all(work);
		},
	};
}
