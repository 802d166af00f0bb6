import { DatabaseSync } from 'node:sqlite';
import { planTables, SqlitePlanMemory } from '../../../src/lib/promotion/sqlite-plan-memory.ts';
import { describePlanMemory } from '../../support/plan-memory-contract.ts';

describePlanMemory('the memory of plans in SQLite', async () => {
	const database = new DatabaseSync(':memory:');
	database.exec(planTables);
	return { store: async () => new SqlitePlanMemory(database), close: () => database.close() };
});
