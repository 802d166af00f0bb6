import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateDatabase } from '../../../src/lib/adapters/state-database.ts';
import { failoverTables, SqliteFailoverStore } from '../../../src/lib/failover/sqlite-failover-store.ts';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';
import { describeFailoverStore, roleChange } from '../../support/failover-store-contract.ts';
import { overPipe } from '../../support/keeper-pipe.ts';

function open(now: () => Date) {
	const folder = mkdtempSync(join(tmpdir(), 'flowferry-failover-'));
	const database = openStateDatabase(join(folder, 'state.db'), journalTables + failoverTables);
	const journal = new SqliteJournal(database, now);
	const close = () => {
		database.close();
		rmSync(folder, { recursive: true });
	};
	return { database, journal, failover: new SqliteFailoverStore(database, journal, now), close };
}

describeFailoverStore('what the instances of an environment share, here', async (now) => {
	const { journal, failover, close } = open(now);
	return { store: { journal, failover }, close };
});

describeFailoverStore('what the instances of an environment share, by a session of the keeper', async (now) => {
	const { journal, failover, close } = open(now);
	const { keeper, close: end } = overPipe({ failover });
	return {
		store: { journal, failover: keeper.failover },
		close: () => {
			end();
			close();
		},
	};
});

it('does not keep the changes of roles for ever', async () => {
	const { database, failover, close } = open(() => new Date());
	for (let token = 1; token <= 3; token++) await failover.record(roleChange(token));
	database.exec("INSERT INTO role_change (id, change) VALUES (10003, '{}')");
	await failover.record(roleChange(4));
	expect((await failover.changes(100)).map(({ token }) => token)).not.toContain(3);
	close();
});
