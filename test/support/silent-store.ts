import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseTiming } from '../../src/lib/lease/lease.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { RunnerInstance } from '../../src/lib/targets/runner-instance.ts';
import { membersInFolder } from '../../src/runner/members.ts';
import type { Project } from './project.ts';
import { until } from './until.ts';
import type { Witness } from './witness.ts';

const environmentOf = ({ folder }: Project) => join(folder, '.flowferry', 'environments', 'production');

/** The state that the environment's instances share. */
const openState = (project: Project) => new DatabaseSync(join(environmentOf(project), 'state.db'), { timeout: 5000 });

/** Nobody else gets to write meanwhile: no lease can be renewed, or taken. What is written by the lock's own connection is there afterwards. */
export async function withStoreLocked<T>(project: Project, work: (database: DatabaseSync) => Promise<T>): Promise<T> {
	const database = openState(project);
	database.exec('BEGIN EXCLUSIVE');
	try {
		return await work(database);
	} finally {
		database.exec('COMMIT');
		database.close();
	}
}

/** A signal that was sent takes effect when its process gets time. */
const STOPPING_MS = 20;

/** Stops processes, none of them in the middle of a transaction: stopped there, it would keep the store locked for everybody. */
export async function freezeBetweenTransactions(project: Project, pids: readonly number[]): Promise<void> {
	await withStoreLocked(project, async () => {
		for (const pid of pids) process.kill(pid, 'SIGSTOP');
		await sleep(STOPPING_MS);
	});
}

/**
 * Locks the store for longer than several restarts would take: the active instance is to stand by meanwhile, and to go on when that is
 * over. It ends once, for the lease that it loses.
 */
export async function outlastsSilence(
	project: Project,
	before: InstanceStatus,
	witness: Pick<Witness, 'turns'>,
	{ ttlMs }: Pick<LeaseTiming, 'ttlMs'>,
): Promise<void> {
	const instance = instanceOf(project, before.instance);
	await withStoreLocked(project, async () => {
		const anew = await standsByAnew(instance, before);
		expect(anew.crashes).toBe(before.crashes + 1);
		await sleep(6 * ttlMs);
		expect(await instance.status()).toMatchObject({ state: 'standby', ...anew });
	});
	const answers = performance.now();
	await until(() => witness.turns(answers).length > 0, 'its flows run again', 3 * ttlMs);
	expect(await project.active()).toMatchObject({ instance: before.instance, state: 'active', crashes: before.crashes + 1 });
}

/** The instance itself: what it answers needs no store. */
export function instanceOf(project: Project, name: string): RunnerInstance {
	const directory = environmentOf(project);
	return membersInFolder(join(directory, 'slots'), join(directory, 'control.token')).named(name);
}

/** Waits until its flows have ended and it stands by with a Node-RED of its own again. @returns how often that has ended */
export async function standsByAnew(
	instance: RunnerInstance,
	before: { childPid: number | null },
): Promise<{ childPid: number; crashes: number }> {
	for (const end = performance.now() + 20_000; ; await sleep(50)) {
		const status = await instance.status();
		if (status?.state === 'standby' && status.childPid !== null && status.childPid !== before.childPid)
			return { childPid: status.childPid, crashes: status.crashes };
		if (performance.now() > end) throw new Error(`${instance.name} does not stand by: ${JSON.stringify(status)}`);
	}
}
