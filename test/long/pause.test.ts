import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { CliResult } from '../support/cli.ts';
import { until } from '../support/gateway.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { expectError, expectErrorJson, expectRefusal, readStanding } from '../support/standing.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

describe('a promotion that pauses before its switch', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ lease: { ttlMs: 1000, renewDeadlineMs: 700, retryMs: 200 }, timeouts: { lockMs: 1000 } });
	});
	afterAll(() => project.remove());

	const pause = async (version: string) => {
		await project.setFlows(versionFlows(version));
		const result = await project.cli('promote', '--yes', '--pause-before-switch', '--json');
		expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
		return result.json();
	};
	const green = async () => (await project.status()).slots[1]?.instances[0]?.status;

	it('the first of all: nothing serves until it is continued', async () => {
		expect(await pause('v1')).toMatchObject({ outcome: 'paused', release: 1, from: null });
		const paused = await project.cli('status', '--json');
		expect(paused.status).toBe(0);
		expect(paused.json()).toMatchObject({ health: { state: 'empty' }, promotion: { id: 1, state: { kind: 'paused' } }, leases: [] });
		expect((await project.cli('status')).stdout).toContain('flowferry promote production --continue');

		const shown = await project.cli('promote', '--continue', '--yes');
		expect({ status: shown.status, stdout: shown.stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('release 1') });
		expect(await askVersion(project)).toBe('v1');
	});

	it('stands by beside the old release, and is not degraded', async () => {
		const before = await project.active();
		expect(await pause('v2')).toMatchObject({ outcome: 'paused', release: 2, from: { release: 1 }, to: { slot: 'green' } });
		const status = await project.cli('status', '--json');
		expect(status.status).toBe(0);
		expect(status.json()).toMatchObject({ health: { state: 'serving' }, active: { release: 1 }, promotion: { state: { kind: 'paused' } } });
		expect(await green()).toMatchObject({ state: 'standby', lease: null });
		expect(await project.active()).toMatchObject({ pid: before.pid, childPid: before.childPid, lease: before.lease });
		expect(await askVersion(project)).toBe('v1');
	});

	it('stands in the way of every other one, which says what to do', async () => {
		const says = ['promotion 2 of release 2', 'is paused', 'flowferry promote production --continue', 'flowferry abort production'];
		const refusal = { status: 6, code: 'PROMOTION_PAUSED', says };
		await expectRefusal(project, ['promote', '--yes'], refusal);
		expectErrorJson(await project.cli('rollback', '--yes', '--json'), refusal);
		const plan = await project.cli('plan');
		expect(plan.status).toBe(6);
		for (const text of says) expect(plan.stdout).toContain(text);
	});

	it('is no business of resume, and up leaves it as it is', async () => {
		const resumed = await project.cli('resume', '--json');
		expect({ status: resumed.status, ...resumed.json() }).toMatchObject({ status: 0, outcome: 'paused', release: 1, promotion: { id: 2 } });
		await project.succeed('up');
		expect((await project.status()).promotion?.state).toEqual({ kind: 'paused' });
	});

	it('is continued in the very instances that stood by', async () => {
		const stood = await green();
		const continued = await project.cli('promote', '--continue', '--yes', '--json');
		expect(continued.json()).toMatchObject({ outcome: 'promoted', release: 2, from: { release: 1 } });
		expect(await project.active()).toMatchObject({ pid: stood?.pid, childPid: stood?.childPid, instance: 'green/0' });
		expect(await askVersion(project)).toBe('v2');
		const [latest] = (await project.cli('history', '--json', '--limit', '1')).json().promotions;
		const acts = (latest.acts as { act: string; outcome: string }[]).map(({ act, outcome }) => `${act}: ${outcome}`);
		expect(acts.slice(0, 5)).toEqual(['prepare: done', 'validate: done', 'pause: done', 'validate: done', 'connect: done']);
		expect(acts.at(-1)).toBe('release: done');
		expectError(await project.cli('promote', '--continue', '--yes'), 2, ['no promotion to production is paused']);
	});

	it('is prepared anew where what stood by has died', async () => {
		await pause('v3');
		const stood = (await project.status()).slots[0]?.instances[0]?.status;
		process.kill(stood?.pid as number, 'SIGKILL');
		await until(async () => (await project.cli('status', '--json')).status === 5);
		const continued = (await project.cli('promote', '--continue', '--yes', '--json')).json();
		expect(continued).toMatchObject({ outcome: 'promoted', release: 3 });
		expect((continued.steps as { step: string }[])[0]?.step).toBe('prepare');
		expect(await askVersion(project)).toBe('v3');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	it('is given up: nothing of it is left', async () => {
		await pause('v4');
		const aborted = (await project.cli('abort', '--yes', '--json')).json();
		expect(aborted).toMatchObject({ outcome: 'aborted', release: 3, promotion: { state: { kind: 'rolled back' } } });
		expect(aborted.promotion.state.cause).toMatch(/^aborted by .+@/);
		const status = await project.status();
		expect(status).toMatchObject({ health: { state: 'serving' }, active: { release: 3 }, promotion: null });
		expect(status.slots.map(({ release }) => release?.number)).toEqual([3, undefined]);
		expect((await readStanding(project)).folders).not.toContain('green');
		expect(await askVersion(project)).toBe('v3');
		for (const command of ['abort', 'resume']) {
			const again = await project.cli(command, '--json');
			expect({ status: again.status, ...again.json() }).toMatchObject({ status: 0, outcome: 'nothing-to-do', release: 3 });
		}
	});

	it('that runs in another process is asked to go back, and does', async () => {
		// Its preparation goes on until the request is there.
		const go = join(project.folder, 'go');
		await project.configure({ hooks: { before: { prepare: `until [ -e '${go}' ]; do sleep 0.05; done` } } });
		await project.setFlows(versionFlows('v5'));
		const running = spawnCli('promote', '--yes', '--json');
		await until(async () => (await project.status()).promotion?.state.kind === 'going');
		const aborting = project.cli('abort', '--yes', '--json');
		const database = new DatabaseSync(join(project.folder, '.flowferry/environments/production/state.db'), { readOnly: true });
		await until(() => database.prepare('SELECT * FROM abort WHERE promotion = (SELECT max(id) FROM promotion)').all().length > 0);
		database.close();
		await writeFile(go, '');
		const aborted = await aborting;
		expect({ status: aborted.status, ...aborted.json() }).toMatchObject({ status: 0, outcome: 'aborted', release: 3 });
		const { status, stdout } = await running;
		expect(status).toBe(4);
		expect(JSON.parse(stdout).error).toMatchObject({ code: 'CUTOVER_ROLLED_BACK', message: expect.stringMatching(/aborted by .+@/) });
		expect(await askVersion(project)).toBe('v3');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	/** The program beside this test, from now on. */
	function spawnCli(...args: string[]): Promise<Pick<CliResult, 'status' | 'stdout'>> {
		const env = { PATH: process.env.PATH, HOME: project.folder, NO_COLOR: '1' };
		const child = spawn(process.execPath, [program, ...args], { cwd: project.folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
		let stdout = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
		return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout })));
	}
});
