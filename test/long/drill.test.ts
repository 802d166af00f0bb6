import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DrillResult } from '../../src/lib/drill/drill.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';

describe('a drill', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({
			instances: 2,
			lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 },
			checks: [{ http: '/version', contains: 'v1' }],
		});
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	const spare = async (): Promise<InstanceStatus> => {
		const { slots } = await project.status();
		const found = slots.flatMap(({ instances }) => instances).find(({ status }) => status?.state === 'standby')?.status;
		if (!found) throw new Error('no spare stands by');
		return found;
	};

	it('needs consent', async () => {
		const before = await project.active();
		const result = await project.cli('drill', '--kind', 'crash', '--json');
		expect([result.status, result.json().error.code]).toEqual([2, 'CONFIRMATION_NEEDED']);
		expect(await project.active()).toMatchObject({ pid: before.pid, childPid: before.childPid });
	});

	it('has the active instance crash and freeze, and its spare take over each time; says what is not possible', async () => {
		const before = await project.active();
		const kinds = ['crash', 'freeze', 'cut-off'].flatMap((kind) => ['--kind', kind]);
		const result = await project.cli('drill', ...kinds, '--yes', '--json', '--junit', 'reports/drill.xml');
		const { drills, serving } = result.json() as DrillResult;
		expect([result.status, serving]).toEqual([0, true]);
		const [crash, freeze, cutOff] = drills;
		expect(crash).toMatchObject({ kind: 'crash', outcome: 'taken over', passed: true, cause: 'crashed', from: before.instance });
		expect(freeze).toMatchObject({
			kind: 'freeze',
			outcome: 'taken over',
			passed: true,
			cause: 'silent',
			from: crash?.to,
			to: crash?.from,
		});
		expect(cutOff).toMatchObject({ kind: 'cut-off', outcome: 'not possible', passed: null });
		for (const drill of [crash, freeze]) {
			expect(drill?.doubleActiveMs).toBe(0);
			expect(drill?.detectMs).toBeLessThanOrEqual(drill?.takeoverMs as number);
			// A second before and a second after, at 20 a second.
			expect(drill?.requests?.sent).toBeGreaterThan(30);
			expect(drill?.requests?.failed).toBeLessThan(drill?.requests?.sent as number);
			expect(drill?.messages).toBeNull();
		}
		// A freeze shows when the lease has ended, and not before.
		expect(freeze?.detectMs).toBeGreaterThan(400);
		expect(await readFile(join(project.folder, 'reports', 'drill.xml'), 'utf8')).toContain('tests="4" failures="0" errors="0" skipped="1"');
		expect(await askVersion(project)).toBe('v1');
	});

	it('that is killed itself leaves nothing frozen', async () => {
		const { pid, childPid } = await project.active();
		const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
		const drill = spawn(process.execPath, [program, 'drill', '--kind', 'freeze', '--yes'], { cwd: project.folder, stdio: 'ignore' });
		const stateOf = (each: number) => readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.[0];
		for (const end = performance.now() + 20_000; stateOf(pid) !== 'T' || stateOf(childPid as number) !== 'T'; await sleep(5)) {
			if (performance.now() > end) throw new Error('nothing was frozen');
		}
		drill.kill('SIGKILL');
		for (
			const end = performance.now() + 2000;
			[pid, childPid as number].some((each) => existsSync(`/proc/${each}`) && stateOf(each) === 'T');
			await sleep(5)
		) {
			if (performance.now() > end) throw new Error('it stayed frozen');
		}
		for (const end = performance.now() + 20_000; ; await sleep(100)) {
			if (await spare().catch(() => null)) break;
			if (performance.now() > end) throw new Error('it did not come back');
		}
	});

	it('is refused where no spare stands by', async () => {
		process.kill((await spare()).pid, 'SIGKILL');
		const result = await project.cli('drill', '--kind', 'crash', '--yes', '--json');
		expect([result.status, result.json().error.code]).toEqual([6, 'DRILL_REFUSED']);
		expect(result.json().error.message).toContain('no spare stands by');
		expect(await askVersion(project)).toBe('v1');
	});
});
