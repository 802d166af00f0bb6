import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';

/** Waits for what must come; the limit only ends a test that fails. */
async function until(happened: () => Promise<boolean> | boolean, what: string, limitMs = 20_000): Promise<void> {
	const end = performance.now() + limitMs;
	while (!(await happened())) {
		if (performance.now() > end) throw new Error(`did not happen: ${what}`);
		await sleep(20);
	}
}

const runs = (pid: number | null) => pid !== null && existsSync(`/proc/${pid}/exe`);

const hang: FlowNode[] = [
	{ id: 'hang-in', type: 'http in', z: 'tab1', name: '', url: '/hang', method: 'get', x: 100, y: 200, wires: [['hang-fn']] },
	{ id: 'hang-fn', type: 'function', z: 'tab1', name: 'hang', func: 'for (;;) {}', outputs: 1, x: 300, y: 200, wires: [[]] },
];

describe('the active instance fails, and its spare takes over by itself', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ instances: 2, lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 } });
		await project.promote(versionFlows('v1', hang));
	});
	afterAll(() => project.remove());

	const instances = ({ slots }: EnvironmentStatus) =>
		slots.flatMap(({ instances }) => instances).flatMap(({ status }) => (status ? [status] : []));

	/** One is active, one stands by, and requests reach the active one. */
	async function settled(): Promise<{ active: InstanceStatus; spare: InstanceStatus }> {
		let found: InstanceStatus[] = [];
		await until(async () => {
			found = instances(await project.status());
			return found.length === 2 && ['active', 'standby'].every((state) => found.some((instance) => instance.state === state));
		}, 'one active, one standing by');
		const [active, spare] = ['active', 'standby'].map((state) => found.find((instance) => instance.state === state) as InstanceStatus);
		return { active: active as InstanceStatus, spare: spare as InstanceStatus };
	}

	const isActive = async ({ instance }: InstanceStatus) =>
		instances(await project.status()).some((status) => status.instance === instance && status.state === 'active');

	async function takenOver(before: { active: InstanceStatus; spare: InstanceStatus }, cause: string): Promise<void> {
		await until(() => isActive(before.spare), 'the spare is active');
		const after = await settled();
		expect(after.active.instance).toBe(before.spare.instance);
		expect(after.active.lease?.token).toBeGreaterThan(before.active.lease?.token as number);
		expect(await askVersion(project)).toBe('v1');
		const { health, failovers } = await project.status();
		expect(health).toEqual({ state: 'serving' });
		expect(failovers[0]).toMatchObject({ instance: before.spare.instance, before: before.active.instance, cause });
	}

	it('crash: at once, and the crashed one comes back as the spare', async () => {
		const before = await settled();
		process.kill(before.active.childPid as number, 'SIGKILL');
		await takenOver(before, 'crashed');
		const [latest] = (await project.status()).failovers;
		expect(latest?.tookMs).toBeLessThan(1000);
	});

	it('hang: after the limit', async () => {
		const before = await settled();
		const controller = new AbortController();
		void fetch(`${project.url}/hang`, { signal: controller.signal }).catch(() => {});
		await until(() => !runs(before.active.childPid), 'the hung one is killed');
		controller.abort();
		await takenOver(before, 'hung');
	});

	it('runner killed: when its lease has ended; its Node-RED died with it', async () => {
		const before = await settled();
		process.kill(before.active.pid, 'SIGKILL');
		await until(() => !runs(before.active.childPid), 'Node-RED ends with its runner', 2000);
		await until(() => isActive(before.spare), 'the spare is active');
		expect((await project.status()).failovers[0]).toMatchObject({ cause: 'silent', before: before.active.instance });
		expect((await project.cli('up')).status).toBe(0);
		await settled();
	});

	it('frozen: when its lease has ended; awake again, it stands by', async () => {
		const before = await settled();
		const frozen = [before.active.pid, before.active.childPid as number];
		for (const pid of frozen) process.kill(pid, 'SIGSTOP');
		try {
			await until(() => isActive(before.spare), 'the spare is active');
		} finally {
			for (const pid of frozen) process.kill(pid, 'SIGCONT');
		}
		await takenOver(before, 'silent');
	});
});
