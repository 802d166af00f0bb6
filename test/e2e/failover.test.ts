import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, instancesOf, versionFlows } from '../support/project.ts';
import { freezeBetweenTransactions, outlastsSilence, withStoreLocked } from '../support/silent-store.ts';
import { runs, until } from '../support/until.ts';
import { startWitness } from '../support/witness.ts';

const hang: FlowNode[] = [
	{ id: 'hang-in', type: 'http in', z: 'tab1', name: '', url: '/hang', method: 'get', x: 100, y: 200, wires: [['hang-fn']] },
	{ id: 'hang-fn', type: 'function', z: 'tab1', name: 'hang', func: 'for (;;) {}', outputs: 1, x: 300, y: 200, wires: [[]] },
];

const lease = { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 };

interface Pair {
	active: InstanceStatus;
	spare: InstanceStatus;
}

/** One is active, and one stands by. */
async function settled(project: Project): Promise<Pair> {
	let found: InstanceStatus[] = [];
	await until(async () => {
		found = instancesOf(await project.status());
		return found.length === 2 && ['active', 'standby'].every((state) => found.some((instance) => instance.state === state));
	}, 'one active, one standing by');
	const [active, spare] = ['active', 'standby'].map((state) => found.find((instance) => instance.state === state) as InstanceStatus);
	return { active: active as InstanceStatus, spare: spare as InstanceStatus };
}

const isActive = async (project: Project, { instance }: InstanceStatus) =>
	instancesOf(await project.status()).some((status) => status.instance === instance && status.state === 'active');

async function takenOver(project: Project, before: Pair, cause: string): Promise<void> {
	await until(() => isActive(project, before.spare), 'the spare is active');
	const after = await settled(project);
	expect(after.active.instance).toBe(before.spare.instance);
	expect(after.active.lease?.token).toBeGreaterThan(before.active.lease?.token as number);
	expect(await askVersion(project)).toBe('v1');
	const { health, failovers } = await project.status();
	expect(health).toEqual({ state: 'serving' });
	expect(failovers[0]).toMatchObject({ instance: before.spare.instance, before: before.active.instance, cause });
}

describe('the active instance fails, and its spare takes over by itself', () => {
	// Longer than a busy machine takes for a take-over that does not wait for the lease's end.
	const lease = { ttlMs: 3000, renewDeadlineMs: 2100, retryMs: 500 };
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ instances: 2, lease });
		await project.promote(versionFlows('v1', hang));
	});
	afterAll(() => project.remove());

	it('crash: at once, and the crashed one comes back as the spare', async () => {
		const before = await settled(project);
		process.kill(before.active.childPid as number, 'SIGKILL');
		await takenOver(project, before, 'crashed');
		const [latest] = (await project.status()).failovers;
		// Not after the lease's end, as where nothing is proved: it had been renewed `retryMs` before at most.
		expect(latest?.tookMs).toBeLessThan(lease.ttlMs - lease.retryMs);
	});

	it('hang: after the limit', async () => {
		const before = await settled(project);
		const controller = new AbortController();
		void fetch(`${project.url}/hang`, { signal: controller.signal }).catch(() => {});
		await until(() => !runs(before.active.childPid), 'the hung one is killed');
		controller.abort();
		await takenOver(project, before, 'hung');
	});

	it('runner killed: when its lease has ended; its Node-RED died with it', async () => {
		const before = await settled(project);
		process.kill(before.active.pid, 'SIGKILL');
		await until(() => !runs(before.active.childPid), 'Node-RED ends with its runner');
		await until(() => isActive(project, before.spare), 'the spare is active');
		expect((await project.status()).failovers[0]).toMatchObject({ cause: 'silent', before: before.active.instance });
		await project.succeed('up');
		await settled(project);
	});

	it('frozen: when its lease has ended; awake again, it stands by', async () => {
		const before = await settled(project);
		const frozen = [before.active.pid, before.active.childPid as number];
		await freezeBetweenTransactions(project, frozen);
		try {
			await until(() => isActive(project, before.spare), 'the spare is active');
		} finally {
			// Node-RED first: its runner, once awake, may end and reap it at once.
			for (const pid of frozen.toReversed()) process.kill(pid, 'SIGCONT');
		}
		await takenOver(project, before, 'silent');
	});
});

describe('the active instance runs, and its flows make no progress', () => {
	const clock: FlowNode[] = [
		{ id: 'tick', type: 'inject', z: 'tab1', name: '', repeat: '0.1', props: [], x: 100, y: 300, wires: [['valve']] },
		{
			id: 'valve',
			type: 'function',
			z: 'tab1',
			name: 'valve',
			func: "return global.get('shut') ? null : msg;",
			outputs: 1,
			x: 300,
			y: 300,
			wires: [['after']],
		},
		{ id: 'after', type: 'function', z: 'tab1', name: 'after', func: 'return null;', outputs: 1, x: 500, y: 300, wires: [[]] },
		{ id: 'shut-in', type: 'http in', z: 'tab1', name: '', url: '/shut', method: 'get', x: 100, y: 400, wires: [['shut-fn']] },
		{
			id: 'shut-fn',
			type: 'function',
			z: 'tab1',
			name: 'shut',
			func: "global.set('shut', true); return msg;",
			outputs: 1,
			x: 300,
			y: 400,
			wires: [['out1']],
		},
	];

	it('it counts as stuck, and a spare takes over; but stuck instances do not take turns for ever', async () => {
		const project = await createProject({
			instances: 2,
			failover: {
				probes: [{ progress: 'after', withinMs: 1000 }, { http: '/version' }],
				probeEveryMs: 500,
				failAfter: 2,
				switches: { most: 1, withinMs: 600_000 },
			},
		});
		const shut = async () => expect((await fetch(`${project.url}/shut`, { signal: AbortSignal.timeout(5000) })).status).toBe(200);
		try {
			await project.promote(versionFlows('v1', clock));
			const before = await settled(project);
			await shut();
			await takenOver(project, before, 'stuck');
			expect((await project.status()).failovers[0]?.detail).toMatch(/^'after' received 0 messages in \d+ s, not 1$/);

			const again = await settled(project);
			await shut();
			await until(async () => (await project.active()).probes?.leftAsItIs === true, 'it is left as it is');
			expect((await settled(project)).active.instance).toBe(again.active.instance);
		} finally {
			await project.remove();
		}
	});
});

describe('the store of the leases is lost', () => {
	it('demote: the active one ends before its lease does, and when the store is back, one runs again', async () => {
		const project = await createProject({ instances: 2, lease });
		try {
			await project.promote(versionFlows('v1'));
			const { active } = await settled(project);
			await withStoreLocked(project, () => until(() => !runs(active.childPid), 'its flows have ended', 3000));
			await until(
				() =>
					askVersion(project).then(
						() => true,
						() => false,
					),
				'it serves again',
			);
			await settled(project);
		} finally {
			await project.remove();
		}
	});

	it('demote, with no spare: it stands by, with no more restarts, and goes on as soon as the store answers', async () => {
		const witness = await startWitness({ host: '127.0.0.1' });
		const project = await createProject({ instances: 1, lease });
		try {
			await project.promote(versionFlows('v1', witness.flows));
			await outlastsSilence(project, await project.active(), witness, lease);
			expect(await askVersion(project)).toBe('v1');
		} finally {
			witness.close();
			await project.remove();
		}
	});

	it('confirm: it goes on while all the others agree, and ends where one does not answer', async () => {
		const lease = { ttlMs: 2000, renewDeadlineMs: 1500, retryMs: 300 };
		const project = await createProject({ instances: 2, lease, failover: { storeLost: 'confirm' } });
		try {
			await project.promote(versionFlows('v1'));
			const before = await settled(project);
			await withStoreLocked(project, async () => {
				const end = performance.now() + 5000;
				while (performance.now() < end) {
					expect(await askVersion(project)).toBe('v1');
					await sleep(50);
				}
			});
			await sleep(1000);
			const after = await settled(project);
			expect([after.active.childPid, after.active.instance]).toEqual([before.active.childPid, before.active.instance]);

			await freezeBetweenTransactions(project, [after.spare.pid]);
			try {
				await withStoreLocked(project, () => until(() => !runs(after.active.childPid), 'its flows have ended', 6000));
			} finally {
				process.kill(after.spare.pid, 'SIGCONT');
			}
			await settled(project);
		} finally {
			await project.remove();
		}
	});
});
