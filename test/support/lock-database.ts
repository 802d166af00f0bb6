/**
 * Locks a SQLite database for a while, in the middle of a change that it takes back: nobody else can write meanwhile. Tells its parent
 * when the lock stands.
 *   node lock-database.ts <file> <milliseconds>
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const [file, forMs] = process.argv.slice(2) as [string, string];
const database = new DatabaseSync(file, { timeout: 5000 });
database.exec('BEGIN EXCLUSIVE; UPDATE lease SET token = token + 1000;');
process.send?.('locked');
await sleep(Number(forMs));
database.exec('ROLLBACK');
database.close();
if (process.connected) process.disconnect();
