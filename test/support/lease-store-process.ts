import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LeasePlace } from './open-lease-store.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export interface Contention {
	/** Of each grant, in order. */
	tokens: number[];
	/** How often somebody else held the seat at the same time. */
	overlaps: number;
	/** The clock that its leases are counted by, at its end. */
	nowMs: number;
}

/** Contends for the seat `active` in a process of its own for a while; hands it over to `other`, now and then. */
export async function contend(place: LeasePlace, holder: string, other: string, folder: string, forMs: number): Promise<Contention> {
	const child = fork(script('lease-contender.ts'), [JSON.stringify(place), holder, other, folder, String(forMs)]);
	const exited = once(child, 'exit');
	const [told] = (await Promise.race([once(child, 'message'), exited.then(() => [null])])) as [Contention | null];
	await exited;
	if (!told) throw new Error(`${holder} ended early`);
	return told;
}

/** Another process keeps everybody from writing. Resolves when it does. */
export async function lockDatabase(file: string, forMs: number): Promise<{ process: ChildProcess; over: Promise<unknown> }> {
	const child = fork(script('lock-database.ts'), [file, String(forMs)]);
	const over = once(child, 'exit');
	const [told] = (await Promise.race([once(child, 'message'), over])) as [unknown];
	if (told !== 'locked') throw new Error(`the database could not be locked: ${told}`);
	return { process: child, over };
}
