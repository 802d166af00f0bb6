import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { CrashBed } from '../crash/bed.ts';
import type { Cell } from '../crash/cells.ts';
import { selectCells } from '../crash/cells.ts';
import { playCell } from '../crash/play-cell.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { runs, until } from '../support/until.ts';

const serves = (project: Project, version: string) =>
	askVersion(project).then(
		(answer) => answer === version,
		() => false,
	);

/** The most telling cells of the matrix that `npm run test:crash` plays whole. */
const cells = [
	'command:prepare:acted',
	'command:hold:acted',
	'command:drain:begun',
	'command:hand over:acted',
	'command:activate:acted',
	'command:release:begun',
	'frozen command:prepare:begun',
	'frozen command:hand over:begun',
	'old runner:quiesce:begun',
	'new runner:release:begun',
	'new Node-RED:verify:begun',
	'gateway:hold:acted',
	'broker:hand over:acted',
];

describeWithMosquitto('somebody is killed during a promotion', () => {
	let bed: CrashBed;
	beforeAll(async () => {
		bed = await CrashBed.open('exclusive');
	});
	afterAll(() => bed.close());

	it.each(cells)('%s: exactly one release serves afterwards, and nothing is left', async (name) => {
		const [cell] = selectCells([name]);
		expect(await playCell(bed, cell as Cell)).toMatchObject({ faults: [] });
	});
});

describe('a part of production is killed, hangs or freezes', () => {
	const route = (id: string, url: string, func: string): FlowNode[] => [
		{ id: `${id}-in`, type: 'http in', z: 'tab1', name: '', url, method: 'get', x: 100, y: 200, wires: [[`${id}-fn`]] },
		{ id: `${id}-fn`, type: 'function', z: 'tab1', name: id, func, outputs: 1, x: 300, y: 200, wires: [[]] },
	];
	const flows = versionFlows('v1', route('hang', '/hang', 'for (;;) {}'));

	let project: Project;
	beforeAll(async () => {
		project = await createProject({ lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 } });
		await project.promote(flows);
	});
	afterAll(() => project.remove());

	/** @returns what takes the request back: it must not hang the next one, too */
	function hang(): () => void {
		const controller = new AbortController();
		void fetch(`${project.url}/hang`, { signal: controller.signal }).catch(() => {});
		return () => controller.abort();
	}

	it('Node-RED killed: its runner starts it again, and it goes on under the same lease', async () => {
		const before = await project.active();
		process.kill(before.childPid as number, 'SIGKILL');
		await until(
			async () => (await project.status()).slots[0]?.instances[0]?.status?.crashes === before.crashes + 1,
			'the crash is noticed',
		);
		await until(async () => (await project.active()).state === 'active', 'active again');
		const after = await project.active();
		expect(after.childPid).not.toBe(before.childPid);
		expect(after.lease).toEqual(before.lease);
		expect(after.url).toBe(before.url);
		expect(await askVersion(project)).toBe('v1');
	});

	it('runner frozen: its Node-RED ends before its lease does; when it wakes, it takes the seat that nobody took', async () => {
		const before = await project.active();
		process.kill(before.pid, 'SIGSTOP');
		try {
			await until(() => !runs(before.childPid), 'Node-RED ends itself', 5000);
			await sleep(1200); // the lease has ended
		} finally {
			process.kill(before.pid, 'SIGCONT');
		}
		await until(() => serves(project, 'v1'), 'it serves again');
		const after = await project.active();
		expect([after.pid, after.state]).toEqual([before.pid, 'active']);
		expect(after.lease?.token).toBeGreaterThan(before.lease?.token as number);
	});

	it('Node-RED hung in an endless loop: its runner kills it and starts it again', async () => {
		const before = await project.active();
		const takeBack = hang();
		await until(() => !runs(before.childPid), 'the hung process is killed');
		takeBack();
		await until(async () => (await project.active()).state === 'active', 'active again');
		expect(await askVersion(project)).toBe('v1');
	});

	it('runner killed: its Node-RED ends with it, even in an endless loop, and up heals', async () => {
		const before = await project.active();
		const takeBack = hang();
		await sleep(300); // the loop turns no more
		process.kill(before.pid, 'SIGKILL');
		await until(() => !runs(before.childPid), 'Node-RED ends', 2000);
		takeBack();
		const { status, stdout } = await project.cli('status');
		expect(status).toBe(5);
		expect(stdout).toContain('no instance is active');
		await project.succeed('up');
		expect(await askVersion(project)).toBe('v1');
	});

	it('gateway killed: up starts it with the same route', async () => {
		const state = await project.status();
		expect(state.gateway).not.toBeNull();
		const { pid } = (await project.cli('status', '--json')).json().gateway as { pid: number };
		process.kill(pid, 'SIGKILL');
		await until(() => !runs(pid), 'it is gone');
		expect((await project.cli('status')).status).toBe(5);
		await project.succeed('up');
		expect(await serves(project, 'v1')).toBe(true);
	});

	it('everything killed, as by a power cut: up brings the last release back', async () => {
		const { slots, gateway } = (await project.cli('status', '--json')).json();
		const pids: number[] = [
			gateway.pid,
			...slots[0].instances.flatMap(({ status }: { status: { pid: number; childPid: number } }) => [status.pid, status.childPid]),
		];
		for (const pid of pids) process.kill(pid, 'SIGKILL');
		await until(() => pids.every((pid) => !runs(pid)), 'all are gone');
		expect((await project.status()).health).toEqual({ state: 'down' });
		await project.succeed('up');
		expect(await askVersion(project)).toBe('v1');
	});
});
