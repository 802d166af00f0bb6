import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { DrillKind, DrillResult } from '../../src/lib/drill/drill.ts';
import type { Engine } from '../../src/lib/targets/docker/engine.ts';
import { faults } from '../../src/lib/targets/fault.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import { makeBedImages } from '../support/bed-images.ts';
import { connectMachineEngine, describeWithContainers } from '../support/describe-with-docker.ts';
import { createDockerProject, type DockerProject } from '../support/docker-project.ts';
import { childrenByParent, familyOf } from '../support/processes.ts';
import { node, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

const TTL_MS = 2000;

describeWithContainers('drills on Docker', () => {
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let project: DockerProject;
	let engine: Engine;
	beforeAll(async () => {
		images = await makeBedImages('ffw-bed-drill');
		engine = await connectMachineEngine();
		project = await createDockerProject('ffw-bed-drill', images, {
			instances: 2,
			lease: { ttlMs: TTL_MS, renewDeadlineMs: 1400, retryMs: 300 },
			timeouts: { hungMs: 3000, startMs: 120_000 },
			checks: [{ http: '/version', contains: 'v1' }],
		});
		const leave = 'for i in 1 2 3 4 5; do (sleep 0.2 &) ; done';
		const orphans = [
			node('in2', 'http in', { url: '/orphans', method: 'get', wires: [['ex2']] }),
			node('ex2', 'exec', { command: leave, addpay: '', append: '', useSpawn: 'false', timer: '', wires: [['out2'], [], []] }),
			node('out2', 'http response', {}),
		];
		await project.promote(versionFlows('v1', orphans));
	}, 300_000);
	afterAll(async () => {
		await project?.remove();
		engine?.close();
		await images?.remove();
	}, 300_000);

	const serving = async (): Promise<{ active: InstanceStatus; spares: InstanceStatus[] }> => {
		const found = await project.instances();
		const [active, ...others] = found.filter(({ lease }) => lease !== null);
		if (!active || others.length > 0) throw new Error('there is not exactly one active instance');
		return { active, spares: found.filter(({ state }) => state === 'standby') };
	};
	const ready = () => until(async () => (await serving().catch(() => null))?.spares.length === 1, 'a spare stands by', 120_000);
	const inspect = (instance: string) => engine.docker.getContainer(project.names.instance(instance)).inspect();
	const childOf = async ({ instance }: InstanceStatus): Promise<number> => {
		const [, nodeRed] = familyOf((await inspect(instance)).State.Pid, await childrenByParent()).filter((pid) =>
			readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node'),
		);
		return nodeRed as number;
	};

	it('leave no zombies of programs that flows begin', async () => {
		const { active } = await serving();
		expect((await fetch(`${project.url}/orphans`)).status).toBe(200);
		await sleep(1500);
		const { State } = await inspect(active.instance);
		const ended = familyOf(State.Pid, await childrenByParent()).filter((pid) => / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
		expect(ended).toEqual([]);
	});

	it('take the active instance away in five ways, and a spare takes over each time', async () => {
		await ready();
		const kinds = faults.flatMap((kind) => ['--kind', kind]);
		const result = await project.cli('drill', ...kinds, '--yes', '--json');
		const { drills, serving: serves } = result.json() as DrillResult;
		for (const { kind, outcome, detectMs, takeoverMs, requests, doubleActiveMs, note } of drills) {
			const counts = requests ? `${requests.failed} of ${requests.sent} requests failed, the longest ${requests.longestMs} ms` : '';
			process.stdout.write(
				`drill ${kind}: ${outcome}, detected ${detectMs} ms, taken over ${takeoverMs} ms, ${counts}, double active ${doubleActiveMs} ms ${note}\n`,
			);
		}
		// Nobody makes a container anew.
		expect(drills.map(({ kind, passed }) => [kind, passed])).toEqual(faults.map((kind) => [kind, kind === 'eviction' ? null : true]));
		expect([result.status, serves]).toEqual([0, true]);
		const outcomes: Record<string, DrillResult['drills'][number]> = Object.fromEntries(drills.map((drill) => [drill.kind, drill]));
		for (const kind of ['crash', 'hang', 'freeze', 'cut-off']) expect([kind, outcomes[kind]?.outcome]).toEqual([kind, 'taken over']);
		for (const { doubleActiveMs } of drills) expect(doubleActiveMs).toBe(0);
		expect(outcomes.crash).toMatchObject({ cause: 'crashed' });
		expect(outcomes.freeze?.detectMs).toBeGreaterThan(TTL_MS / 2);
		expect(await (await fetch(`${project.url}/version`)).text()).toBe('v1');
	});

	/** What shows that the fault is there. */
	const isThere: Partial<Record<DrillKind, (active: InstanceStatus, child: number) => Promise<boolean>>> = {
		hang: async (_, child) => / T /.test(readFileSync(`/proc/${child}/stat`, 'utf8')),
		freeze: async ({ instance }) => (await inspect(instance)).State.Paused,
		'store-loss': async () => await isLocked(engine, project.names.keeper),
		'cut-off': async ({ instance }) => Object.keys((await inspect(instance)).NetworkSettings.Networks).length === 0,
	};

	it.each(['hang', 'freeze', 'store-loss', 'cut-off'] as const)('that are killed take %s back all the same', async (kind) => {
		await ready();
		const { active } = await serving();
		const child = await childOf(active);
		const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
		const drill = spawn(process.execPath, [program, 'drill', '--kind', kind, '--yes'], { cwd: project.folder, stdio: 'ignore' });
		const look = async () => (await isThere[kind]?.(active, child).catch(() => false)) ?? false;
		try {
			await until(look, `${kind} is there`, 60_000);
		} finally {
			drill.kill('SIGKILL');
		}
		await until(async () => !(await look()), `${kind} is taken back`, 20_000);
		await ready();
	});
});

/** Whether nobody can write into the state: asked within the keeper's container, as others are. */
async function isLocked({ docker }: Engine, keeper: string): Promise<boolean> {
	const script = `const { DatabaseSync } = require('node:sqlite');
		const state = new DatabaseSync('/flowferry/environment/state.db', { timeout: 100 });
		try { state.exec('BEGIN IMMEDIATE; ROLLBACK'); } catch (error) { process.exit(error.errcode === 5 ? 5 : 1); }`;
	const exec = await docker.getContainer(keeper).exec({ Cmd: ['node', '-e', script], AttachStdout: true });
	for await (const _ of await exec.start({})) {
		// Until it ends.
	}
	return (await exec.inspect()).ExitCode === 5;
}
