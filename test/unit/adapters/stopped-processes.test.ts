import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parentOf } from '../../../src/lib/adapters/process-identity.ts';
import { openStateDatabase } from '../../../src/lib/adapters/state-database.ts';
import { lockStateDatabase } from '../../../src/lib/adapters/state-lock.ts';
import { stopProcesses } from '../../../src/lib/adapters/stopped-processes.ts';

const stateOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.[0];

async function until(happened: () => Promise<boolean>): Promise<void> {
	for (const end = performance.now() + 5000; !(await happened()); await sleep(5))
		if (performance.now() > end) throw new Error('it did not');
}

describe('processes that stand still', () => {
	let sleeper: ChildProcess;
	let pid: number;
	beforeEach(async () => {
		sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
		await once(sleeper, 'spawn');
		pid = sleeper.pid as number;
	});
	afterEach(() => {
		sleeper.kill('SIGKILL');
	});

	it('go on when they are told to, once and again', async () => {
		const goOn = await stopProcesses([pid]);
		await until(async () => (await stateOf(pid)) === 'T');
		await goOn();
		await goOn();
		await until(async () => (await stateOf(pid)) === 'S');
	});

	it('go on where who stopped them is killed', async () => {
		const module = pathToFileURL(join(import.meta.dirname, '../../../src/lib/adapters/stopped-processes.ts')).href;
		const code = `import { stopProcesses } from ${JSON.stringify(module)}; await stopProcesses([${pid}]); setInterval(() => {}, 1000);`;
		const stopper = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
		await until(async () => (await stateOf(pid)) === 'T');
		stopper.kill('SIGKILL');
		await until(async () => (await stateOf(pid)) === 'S');
	});

	it('have a parent', async () => {
		expect(await parentOf(pid)).toBe(process.pid);
	});
});

it('a locked state can be read, and written when it is let go', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-lock-'));
	const file = join(folder, 'state.db');
	const database = openStateDatabase(file, 'CREATE TABLE IF NOT EXISTS t (x INTEGER) STRICT', 0);
	try {
		const unlock = await lockStateDatabase(file);
		expect(() => database.exec('INSERT INTO t VALUES (1)')).toThrow('locked');
		expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
		unlock();
		unlock();
		database.exec('INSERT INTO t VALUES (1)');
	} finally {
		database.close();
		await rm(folder, { recursive: true });
	}
});
