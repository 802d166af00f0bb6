import { DatabaseSync } from 'node:sqlite';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';
import { describeJournal } from '../../support/journal-contract.ts';
import { overPipe } from '../../support/keeper-pipe.ts';

function open(now: () => Date): SqliteJournal {
	const database = new DatabaseSync(':memory:');
	database.exec(`PRAGMA foreign_keys = ON; ${journalTables}`);
	return new SqliteJournal(database, now);
}

describeJournal('the journal in SQLite, here', async (now) => ({ store: open(now), close: () => undefined }));

describeJournal('the journal in SQLite, by a session of the keeper', async (now) => {
	const { keeper, close } = overPipe({ journal: open(now) });
	return { store: keeper.journal, close };
});
