import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { KnownLease } from './shared-context.ts';
import { monotonicMs } from './time.ts';

/** Where the leases are kept, and which one this instance's is. */
export interface LeasePlace {
	/** The environment's state database. */
	stateFile: string;
	seat: string;
}

const BUSY_TIMEOUT_MS = 200;

/** Tells a lease store from one that was made anew in its place. */
export function identifyLeases({ stateFile }: LeasePlace): string {
	const { ino, birthtimeMs } = statSync(stateFile);
	return `${ino}-${Math.round(birthtimeMs)}`;
}

/**
 * Looks the lease up where it is kept (the table of `lease/sqlite-lease-store.ts`). A flow that kept the event loop busy has
 * the runner's news of its renewal waiting, and cannot read them before it goes on.
 * @returns false also where it cannot be looked up
 */
export function isRenewed({ stateFile, seat }: LeasePlace, { token }: KnownLease): boolean {
	try {
		const database = new DatabaseSync(stateFile, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
		try {
			const row = database.prepare('SELECT holder, token, expires_ms FROM lease WHERE seat = ?').get(seat);
			return row !== undefined && row.holder !== null && row.token === token && Number(row.expires_ms) > monotonicMs();
		} finally {
			database.close();
		}
	} catch {
		return false;
	}
}
