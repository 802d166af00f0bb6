/**
 * One of several processes that contend for a seat: takes it, holds it for a moment with a renewal in between, and gives it up, hands
 * it over, or lets it end. Tells its parent what it held, and whether anybody else did at the same time.
 *   node lease-contender.ts <place of the store, JSON> <holder> <the other holder> <folder> <milliseconds>
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import { type LeasePlace, openLeaseStore } from './open-lease-store.ts';

/** Longer than any process is kept from going on: here nobody overstays. */
const TTL_MS = 10_000;

const [place, holder, other, folder, forMs] = process.argv.slice(2) as [string, string, string, string, string];
const store = await openLeaseStore(JSON.parse(place) as LeasePlace);
const inside = join(folder, 'inside');
const tokens: number[] = [];
let overlaps = 0;

/** In here there is nobody else: the file would be there. */
async function hold(): Promise<void> {
	try {
		closeSync(openSync(inside, 'wx'));
	} catch {
		overlaps++;
		return;
	}
	await sleep(2);
	rmSync(inside);
}

for (let round = 0, end = performance.now() + Number(forMs); performance.now() < end; round++) {
	const answer = await store.acquire('active', holder, TTL_MS);
	if (!answer.granted) {
		await sleep(1);
		continue;
	}
	tokens.push(answer.token);
	await hold();
	const renewed = await store.renew('active', holder, answer.token, TTL_MS);
	if (!renewed.granted) overlaps++;
	// Whoever has ended takes nothing more, and whoever has not begun yet takes nothing for a while: not in the first round.
	if (round % 3 === 2 && performance.now() < end - 200) await store.handOver('active', holder, answer.token, other, TTL_MS);
	else await store.release('active', holder, answer.token);
}
store.close();
process.send?.({ tokens, overlaps, nowMs: systemClock().nowMs() });
