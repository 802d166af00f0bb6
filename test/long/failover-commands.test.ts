import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import type { RoleChange } from '../../src/lib/failover/failover-store.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { freezeBetweenTransactions } from '../support/silent-store.ts';
import { expectErrorJson } from '../support/standing.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const runs = (pid: number | null) => pid !== null && existsSync(`/proc/${pid}/exe`);

describe('what an operator does about failovers', () => {
	let project: Project;
	beforeAll(async () => {
		// The lease outlives the time that the command takes to find out that a frozen runner is silent.
		const lease = { ttlMs: 6000, renewDeadlineMs: 4500, retryMs: 500 };
		project = await createProject({ instances: 2, lease, timeouts: { answerMs: 500 } });
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	const found = ({ slots }: EnvironmentStatus) => slots.flatMap(({ instances }) => instances).flatMap(({ status }) => status ?? []);
	const latestRole = async (): Promise<RoleChange> =>
		(await project.cli('history', '--only', 'roles', '--limit', '1', '--json')).json().roles[0];

	/** One is active, one stands by, and nothing is amiss. */
	async function settled(): Promise<{ active: InstanceStatus; spare: InstanceStatus }> {
		const end = performance.now() + 20_000;
		for (;;) {
			const status = await project.status();
			const [active, spare] = ['active', 'standby'].map((state) => found(status).find((instance) => instance.state === state));
			if (active && spare && status.health.state === 'serving') return { active, spare };
			if (performance.now() > end) throw new Error(`it does not settle: ${JSON.stringify(status.health)}`);
			await sleep(50);
		}
	}

	it('forces one from an instance that is well: its spare takes over, and it comes back as the spare', async () => {
		const before = await settled();
		const result = await project.cli('failover', '--yes', '--json');
		expect(result.status).toBe(0);
		expect(result.json()).toMatchObject({
			outcome: 'failed-over',
			from: before.active.instance,
			to: before.spare.instance,
			cause: 'asked',
			how: 'resigned',
			warnings: [],
		});
		expect(await askVersion(project)).toBe('v1');
		expect(await latestRole()).toMatchObject({ instance: before.spare.instance, before: before.active.instance, cause: 'asked' });
		const after = await settled();
		expect(after.active.instance).toBe(before.spare.instance);
		expect(after.spare).toMatchObject({ instance: before.active.instance, pid: before.active.pid, crashes: 0 });
		expect((await project.cli('history')).stdout).toMatch(/→ blue\/\d {2}asked \(failover by .*\) {2}\d+ ms/);
	});

	it('forces one from a frozen runner: it is killed with its Node-RED, and started again', async () => {
		const before = await settled();
		const frozen = [before.active.pid, before.active.childPid as number];
		await freezeBetweenTransactions(project, frozen);
		const result = await project.cli('failover', '--yes', '--json');
		expect(result.json()).toMatchObject({ from: before.active.instance, to: before.spare.instance, how: 'killed', warnings: [] });
		expect(frozen.filter(runs)).toEqual([]);
		expect(await askVersion(project)).toBe('v1');
		const { failovers } = await project.status();
		expect(failovers[0]).toMatchObject({ cause: 'asked', detail: expect.stringContaining('was killed') });
		const after = await settled();
		expect(after.spare.instance).toBe(before.active.instance);
		expect(after.spare.pid).not.toBe(before.active.pid);
	});

	it('pauses and resumes it: who crashes meanwhile goes on under its own lease, and only an order moves the role', async () => {
		const paused = await project.cli('failover', 'pause', '--for', '10m', '--json');
		expect(paused.json()).toMatchObject({ outcome: 'paused', pause: { reason: 'asked', until: expect.any(String) } });
		expect((await project.cli('status')).stdout).toMatch(
			/automatic failover is paused by .* until .*\n.*flowferry failover resume production/,
		);
		const before = await settled();
		process.kill(before.active.childPid as number, 'SIGKILL');
		while (runs(before.active.childPid)) await sleep(10);
		const { active } = await settled();
		expect(active).toMatchObject({ instance: before.active.instance, lease: before.active.lease, crashes: before.active.crashes + 1 });
		expect(active.childPid).not.toBe(before.active.childPid);
		expect(await latestRole()).toMatchObject({ cause: 'crashed', before: active.instance, instance: active.instance });

		const result = await project.cli('failover', '--yes', '--json');
		expect(result.json()).toMatchObject({ from: active.instance, to: before.spare.instance, how: 'resigned' });
		expect(await askVersion(project)).toBe('v1');
		await settled();
		await project.succeed('up');
		expect((await project.status()).failoverPaused).not.toBeNull();
		expect((await project.cli('failover', 'resume', '--json')).json()).toMatchObject({ outcome: 'resumed' });
		expect((await project.status()).failoverPaused).toBeNull();
	});

	it('watches: a JSON document in each line, until it is interrupted', async () => {
		const args = [program, 'status', '--watch', '--every', '100ms', '--json'];
		const child = spawn(process.execPath, args, { cwd: project.folder, stdio: ['ignore', 'pipe', 'inherit'] });
		const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
		const seen: EnvironmentStatus[] = [];
		for await (const line of createInterface(child.stdout)) {
			seen.push(JSON.parse(line));
			if (seen.length === 3) child.kill('SIGINT');
		}
		expect(await ended).toEqual({ code: 0, signal: null });
		expect(seen.length).toBeGreaterThanOrEqual(3);
		for (const status of seen) expect(status).toMatchObject({ environment: 'production', health: { state: 'serving' } });
	});

	it('says in words that a spare does not come up any more, and refuses to leave nobody active', async () => {
		const before = await settled();
		const release = keepKilling(before.spare.pid);
		try {
			let shown = await project.cli('status');
			while (!shown.stdout.includes('does not come up')) shown = await project.cli('status');
			expect(shown.status).toBe(5);
			expect(shown.stdout).toMatch(/does not come up: its Node-RED has ended \d+ times.*logs\/blue-\d\.log/);
			expect(shown.stdout).toContain('no spare stands by in blue');
			expect(await latestRole()).toMatchObject({
				instance: before.spare.instance,
				role: 'failed',
				detail: expect.stringContaining(before.spare.log),
			});
			const says = ['no spare stands by', `${before.spare.instance} is failed`];
			expectErrorJson(await project.cli('failover', '--yes', '--json'), { status: 5, code: 'NO_SPARE', says });
			expect(await project.active()).toMatchObject({ instance: before.active.instance, childPid: before.active.childPid });
		} finally {
			release();
		}
	});
});

/** Ends each child of a process as soon as it is there. */
function keepKilling(parent: number): () => void {
	const timer = setInterval(() => {
		const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
		for (const pid of children) {
			try {
				process.kill(Number(pid), 'SIGKILL');
			} catch (error) {
				// It has ended by itself in between.
				if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
			}
		}
	}, 20);
	return () => clearInterval(timer);
}
