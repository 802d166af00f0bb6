import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleChange } from '../../src/lib/failover/failover-store.ts';
import type { SlotName } from '../../src/lib/promotion/journal.ts';
import { SqliteJournal } from '../../src/lib/promotion/sqlite-journal.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { createProject, instancesOf, type Project, versionFlows } from '../support/project.ts';
import { instanceOf, outlastsSilence, standsByAnew, withStoreLocked } from '../support/silent-store.ts';
import { until } from '../support/until.ts';
import { startWitness, type Witness } from '../support/witness.ts';

const lease = { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 };

/** With a spare, but automatic failover paused: who is active keeps its seat. */
async function withPausedFailover(work: (project: Project, before: InstanceStatus, witness: Witness) => Promise<void>): Promise<void> {
	const witness = await startWitness({ host: '127.0.0.1' });
	const project = await createProject({ instances: 2, lease });
	try {
		await project.promote(versionFlows('v1', witness.flows));
		await until(async () => instancesOf(await project.status()).some(({ state }) => state === 'standby'), 'the spare stands by');
		await project.succeed('failover', 'pause', 'production');
		await work(project, await project.active(), witness);
	} finally {
		witness.close();
		await project.remove();
	}
}

describe('an active instance that keeps its seat, while the store of the leases is silent', () => {
	it('stands by, with no more restarts, and alone goes on as soon as that answers', async () => {
		await withPausedFailover(async (project, before, witness) => {
			const began = performance.now();
			await outlastsSilence(project, before, witness, lease);
			// The store did not take the end when it came; it has it all the same, and in order.
			const { roles } = (await project.cli('history', 'production', '--only', 'roles', '--json')).json() as { roles: RoleChange[] };
			const { instance: name, lease: lost } = before;
			expect(roles.slice(0, 2)).toMatchObject([
				{ role: 'active', instance: name, before: name, cause: 'lease lost' },
				{ role: 'standby', instance: name, token: lost?.token, cause: 'lease lost' },
			]);
			expect(new Set(witness.turns(began).map((turn) => turn.instance))).toEqual(new Set([before.instance]));
		});
	});

	it('answers at once meanwhile, and does not go on where it was told to stop', async () => {
		await withPausedFailover(async (project, before, witness) => {
			const instance = instanceOf(project, before.instance);
			await withStoreLocked(project, async () => {
				await standsByAnew(instance, before);
				await instance.demote({ handOverTo: null, timeoutMs: 2 * lease.ttlMs });
			});
			const answers = performance.now();
			await sleep(3 * lease.ttlMs);
			expect(witness.turns(answers)).toEqual([]);
			expect(await instance.status()).toMatchObject({ state: 'standby', lease: null });
		});
	});

	it('leaves the seat alone where another slot serves by then', async () => {
		await withPausedFailover(async (project, before, witness) => {
			const instance = instanceOf(project, before.instance);
			await withStoreLocked(project, async (database) => {
				await standsByAnew(instance, before);
				const other: SlotName = before.instance.startsWith('blue/') ? 'green' : 'blue';
				await new SqliteJournal(database, () => new Date()).setServingSlot(other);
			});
			const answers = performance.now();
			await sleep(3 * lease.ttlMs);
			expect(witness.turns(answers)).toEqual([]);
			expect(await instance.status()).toMatchObject({ state: 'standby', lease: null });
		});
	});
});
