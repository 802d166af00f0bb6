/**
 * A runner as far as its seat goes: takes `active` where it is free or was handed over, keeps it, and hands it over now and then. While
 * the lease stands it works, every other millisecond; each span of work is told to the parent when it has ended, by the machine's
 * monotonic clock.
 *   node seat-worker.ts <place of the store, JSON> <holder> <the other holder> <hands over after so many milliseconds; 0: never> <timing, JSON>
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import type { LeaseStore, LeaseTiming } from '../../src/lib/lease/lease.ts';
import { LeaseKeeper } from '../../src/lib/lease/lease-keeper.ts';
import { type LeasePlace, openLeaseStore } from './open-lease-store.ts';
import type { Span } from './seat-workers.ts';

const [place, holder, other, handsOverMs, timing] = process.argv.slice(2) as [string, string, string, string, string];
const { nowMs } = systemClock();
const tell = (ended: Span) => process.send?.(ended);
let span: Span | null = null;
process.on('disconnect', () => process.exit());
process.on('message', () => {
	if (span) tell(span);
	process.exit();
});
const store = await open();
const keeper = new LeaseKeeper({
	store,
	clock: { nowMs },
	seat: 'active',
	holder,
	timing: JSON.parse(timing) as LeaseTiming,
	events: { extended: () => {}, lost: () => {} },
});

/** The server may be busy just now. */
async function open(): Promise<LeaseStore> {
	for (;;) {
		try {
			return await openLeaseStore(JSON.parse(place) as LeasePlace);
		} catch {
			await sleep(200);
		}
	}
}

/** Looks at the clock before each piece of work, as an agent does before each message. */
function work(): void {
	const isHeld = keeper.held;
	const now = nowMs();
	if (span && (!isHeld || span.token !== keeper.token)) {
		tell(span);
		span = null;
	}
	if (!isHeld) return;
	if (span) span.toMs = now;
	else {
		span = { holder, token: keeper.token!, fromMs: now, toMs: now };
		process.send?.({ begun: now });
	}
}
setInterval(work, 2);

async function look(): Promise<void> {
	if (keeper.token !== null) {
		const isTime = Number(handsOverMs) > 0 && span !== null && span.toMs - span.fromMs > Number(handsOverMs);
		if (isTime) await keeper.giveUp(other);
		return;
	}
	const seat = (await store.list()).find(({ seat }) => seat === 'active');
	if (!seat || seat.holder === holder) await keeper.acquire();
}

for (;;) {
	await sleep(25);
	await look().catch(() => undefined);
}
