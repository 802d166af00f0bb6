import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import type { PlaceName } from '../place/places.ts';
import type { Bed } from './bed.ts';
import { inject } from './faults.ts';
import { doubleActiveMs, firstByAnother, type Handled, instanceOf, latestHandler } from './handling.ts';
import type { Kind, Session } from './kinds.ts';
import { startWitness } from './witness.ts';

/** One fault under load. */
export interface Measured {
	target: PlaceName;
	kind: Kind;
	session: Session;
	/** How long a lease lasts there; null where none proves who is active. */
	ttlMs: number | null;
	/** From the fault until somebody answered to it; null where nobody was seen to. */
	detectMs: number | null;
	/** From the fault until somebody else handled the first message. */
	serveMs: number;
	/** Who that was: a spare, or the instance that failed, started again. */
	servedBy: 'spare' | 'itself';
	published: number;
	lost: number;
	duplicated: number;
	doubleActiveMs: number;
}

export interface MeasureOptions {
	target: PlaceName;
	brokerUrl: string;
	perSecond: number;
	/** Different for each. */
	run: string;
	signal: AbortSignal;
}

/** Load before a fault, and after the first message that somebody else has handled. */
const STEADY_MS = 1000;
/** A frozen one wakes when it has been replaced for so long. */
const REPLACED_MS = 300;
/** A lock outlasts the lease by so much. */
const BEYOND_TTL_MS = 1000;
const SERVED_MS = 60_000;
const POLL_MS = 10;

/** @throws where nobody takes over in time */
export async function measureFault(kind: Kind, bed: Bed, { target, brokerUrl, perSecond, run, signal }: MeasureOptions): Promise<Measured> {
	const clock = systemClock();
	const active = await bed.settled();
	const witness = await startWitness({ brokerUrl, name: bed.name, run, perSecond, signal });
	const watching = new AbortController();
	try {
		await sleep(STEADY_MS, undefined, { signal });
		const failed = latestHandler(witness.handled);
		if (failed === null || instanceOf(failed) !== active.instance)
			throw new Error(`${active.instance} is active, but ${failed} handles messages`);
		const fault = await inject(kind, active, { store: bed.store, clock });
		const over = kind === 'store-loss' ? sleep((bed.ttlMs ?? 0) + BEYOND_TTL_MS).then(fault.undo) : Promise.resolve();
		try {
			const detecting = active.watchDetection(kind, { clock, stopped: watching.signal });
			const served = await untilServed(() => firstByAnother(witness.handled, failed), signal);
			await over;
			if (kind === 'freeze') await sleep(REPLACED_MS, undefined, { signal });
			await fault.undo();
			await sleep(STEADY_MS, undefined, { signal });
			watching.abort();
			const detectedMs = await detecting;
			const counts = await witness.finish();
			return {
				target,
				kind,
				session: bed.session,
				ttlMs: bed.ttlMs,
				detectMs: detectedMs === null ? null : Math.round(detectedMs - fault.atMs),
				serveMs: Math.round(served.atMs - fault.atMs),
				servedBy: instanceOf(served.by) === active.instance ? 'itself' : 'spare',
				published: counts.published,
				lost: counts.lost,
				duplicated: counts.duplicated,
				doubleActiveMs: Math.round(doubleActiveMs(witness.handled) * 10) / 10,
			};
		} finally {
			await fault.undo();
		}
	} finally {
		watching.abort();
		await witness.stop();
	}
}

async function untilServed(served: () => Handled | null, signal: AbortSignal): Promise<Handled> {
	for (const end = performance.now() + SERVED_MS; performance.now() < end; await sleep(POLL_MS, undefined, { signal })) {
		const first = served();
		if (first !== null) return first;
	}
	throw new Error(`nobody else handled a message within ${SERVED_MS} ms`);
}
