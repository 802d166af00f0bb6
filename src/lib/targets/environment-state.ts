import { systemClock } from '../adapters/clock.ts';
import { openStateDatabase } from '../adapters/state-database.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { auditTables, SqliteAuditLog } from '../audit/sqlite-audit-log.ts';
import type { FailoverStore } from '../failover/failover-store.ts';
import { failoverTables, SqliteFailoverStore } from '../failover/sqlite-failover-store.ts';
import type { LeaseStore } from '../lease/lease.ts';
import { leaseTables, SqliteLeaseStore } from '../lease/sqlite-lease-store.ts';
import type { Journal } from '../promotion/journal.ts';
import type { PlanMemory } from '../promotion/plan-memory.ts';
import { journalTables, SqliteJournal } from '../promotion/sqlite-journal.ts';
import { planTables, SqlitePlanMemory } from '../promotion/sqlite-plan-memory.ts';

/** What an environment remembers, wherever it is kept: promotions, leases, roles, who did what. */
export interface EnvironmentState {
	readonly journal: Journal;
	readonly leases: LeaseStore;
	readonly failover: FailoverStore;
	readonly audit: AuditLog;
	readonly plans: PlanMemory;
	close(): void;
}

/**
 * Opens an environment's state in its SQLite file, made where there is none.
 * @param file `:memory:` for one that nobody keeps
 * @throws as `openStateDatabase`
 */
export function openEnvironmentState(file: string): EnvironmentState {
	const database = openStateDatabase(file, leaseTables + journalTables + failoverTables + auditTables + planTables);
	const now = () => new Date();
	const journal = new SqliteJournal(database, now);
	return {
		journal,
		leases: new SqliteLeaseStore(database, systemClock()),
		failover: new SqliteFailoverStore(database, journal, now),
		audit: new SqliteAuditLog(database, now),
		plans: new SqlitePlanMemory(database),
		close: () => database.close(),
	};
}
