import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateDatabase } from '../../../../src/lib/adapters/state-database.ts';
import { lockStateDatabase } from '../../../../src/lib/adapters/state-lock.ts';
import type { InstanceStatus } from '../../../../src/lib/targets/instance.ts';
import { injectFault } from '../../../../src/lib/targets/process/inject-fault.ts';
import { until } from '../../../support/until.ts';

/** A runner whose disk takes its time: most of the time it is in the middle of a transaction. Tells the number of its child. */
const RUNNER = `
const { spawn } = require('node:child_process');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(process.argv[3], { timeout: 1000 });
const nodeRed = spawn('sleep', ['60'], { stdio: 'ignore' });
nodeRed.once('spawn', () => console.log(nodeRed.pid));
const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
(function write() {
	database.exec('BEGIN IMMEDIATE');
	wait(100);
	database.exec('COMMIT');
	setTimeout(write, 20);
})();
`;

const stateOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.[0];

describe('freeze', () => {
	let folder: string;
	let runner: ChildProcess;
	let pids: { pid: number; childPid: number };
	let place: { addressFile: string; stateFile: string };
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-freeze-'));
		place = { addressFile: join(folder, 'address.json'), stateFile: join(folder, 'state.db') };
		openStateDatabase(place.stateFile, 'CREATE TABLE IF NOT EXISTS t (x INTEGER) STRICT').close();
		const program = join(folder, 'dist', 'runner', 'main.js');
		await mkdir(join(program, '..'), { recursive: true });
		await writeFile(program, RUNNER);
		runner = spawn(process.execPath, [program, place.addressFile, place.stateFile], { stdio: ['ignore', 'pipe', 'inherit'] });
		const [said] = await once(runner.stdout!, 'data');
		pids = { pid: runner.pid as number, childPid: Number(said) };
	});
	afterEach(async () => {
		for (const pid of [pids.pid, pids.childPid]) process.kill(pid, 'SIGKILL');
		await rm(folder, { recursive: true });
	});

	it('leaves the state to whoever takes over, also where the runner is mostly in a transaction', async () => {
		const { pid, childPid } = pids;
		for (let round = 0; round < 5; round++) {
			const injection = await injectFault('freeze', 'blue/0', pids as InstanceStatus, place);
			try {
				(await lockStateDatabase(place.stateFile, 0))();
				await until(async () => (await stateOf(pid)) === 'T' && (await stateOf(childPid)) === 'T', 'they stand still');
				(await lockStateDatabase(place.stateFile, 0))();
			} finally {
				await injection.undo();
			}
			await until(async () => (await stateOf(pid)) !== 'T' && (await stateOf(childPid)) !== 'T', 'they go on');
		}
	});
});
