import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../src/lib/adapters/process-identity.ts';
import { freePort, until } from '../support/gateway.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';
import { freezeBetweenTransactions } from '../support/silent-store.ts';

describe('a configuration or a state that is not as the last promotion left it', () => {
	let project: Project;
	beforeEach(async () => {
		project = await createProject();
		await project.promote(versionFlows('v1'));
	});
	afterEach(() => project.remove());

	it('another port: the promotion is refused before it begins, and the old port serves on', async () => {
		const port = await freePort();
		await project.configure({ port });
		await project.setFlows(versionFlows('v2'));
		const { status, json } = await project.cli('promote', '--yes', '--json');
		expect({ status, code: json().error.code }).toEqual({ status: 2, code: 'GATEWAY_ELSEWHERE' });
		expect(await askVersion(project)).toBe('v1');
		expect(await project.status()).toMatchObject({ promotion: null, health: { state: 'serving' } });
	});

	it('an environment that is down is not called one where nothing is to be done', async () => {
		await project.succeed('down', '--yes');
		const { status, json } = await project.cli('promote', '--yes', '--json');
		expect({ status, error: json().error }).toMatchObject({
			status: 5,
			error: { code: 'NOT_SERVING', hint: expect.stringContaining('up') },
		});
		await project.succeed('up');
	});

	it('an environment that is down: the next release comes up all the same', async () => {
		await project.succeed('down', '--yes');
		await project.promote(versionFlows('v2'));
		expect(await askVersion(project)).toBe('v2');
		expect((await project.active()).instance).toBe('green/0');
	});

	it('an environment that is down: where the next release fails, the last one serves', async () => {
		await project.succeed('down', '--yes');
		await project.configure({ checks: [{ http: '/version', contains: 'v1' }], timeouts: { verifyMs: 300 } });
		await project.setFlows(versionFlows('v2'));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4, stderr: expect.stringContaining('Release 1 serves') });
		expect(await askVersion(project)).toBe('v1');
	});

	it('a promotion that cannot be prepared costs no release that is kept warm', async () => {
		await project.promote(versionFlows('v2'));
		const { slots } = await project.status();
		const manifest = join(project.folder, 'dev', 'package.json');
		await writeFile(manifest, JSON.stringify({ name: 'red', dependencies: { 'flowferry-no-such-module': '1.0.0' } }));
		await project.setFlows(versionFlows('v3'));
		expect((await project.cli('promote', '--yes')).status).toBe(4);
		await rm(manifest);
		expect((await project.status()).slots[0]?.instances[0]?.status?.childPid).toBe(slots[0]?.instances[0]?.status?.childPid);
		await project.succeed('rollback', '--yes');
		expect(await askVersion(project)).toBe('v1');
	});
});

describe('parts that stand still', () => {
	const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
	let project: Project;
	beforeEach(async () => {
		project = await createProject({ failOn: 'never', timeouts: { quiesceMs: 500, drainMs: 500 } });
	});
	afterEach(() => project.remove());

	it('a gateway: status says so, and down ends it', async () => {
		await project.promote(versionFlows('v1'));
		const { pid } = (await project.cli('status', '--json')).json().gateway as { pid: number };
		process.kill(pid, 'SIGSTOP');
		const { status, json } = await project.cli('status', '--json');
		expect({ status, health: json().health }).toEqual({
			status: 5,
			health: { state: 'degraded', reasons: [expect.stringContaining('does not answer')] },
		});
		await project.succeed('down', '--yes');
		await project.succeed('up');
		expect(await askVersion(project)).toBe('v1');
	});

	it('an endless loop in a flow does not stand in the way of down', async () => {
		await project.promote(
			versionFlows('v1', [
				node('h1', 'http in', { url: '/hang', method: 'get', wires: [['h2']] }),
				node('h2', 'function', { func: 'for (;;) {}', outputs: 1 }),
			]),
		);
		void fetch(`${project.url}/hang`).catch(() => {});
		await sleep(200);
		const { status, json } = await project.cli('down', '--yes', '--json');
		expect(status).toBe(0);
		expect(json().warnings).toEqual([expect.stringContaining('blue/0')]);
	});

	it('a promotion that is frozen and woken when another one has gone on: it touches nothing', async () => {
		await project.promote(versionFlows('v1'));
		await project.setFlows(versionFlows('v2'));
		await project.configure({ checks: [{ http: '/nowhere' }], timeouts: { verifyMs: 3000 } });
		const env = { PATH: process.env.PATH, HOME: project.folder, NO_COLOR: '1' };
		const options = { cwd: project.folder, env };
		const frozen = execFile(process.execPath, [program, 'promote', '--yes', '--json'], options);
		let output = '';
		frozen.stdout?.on('data', (text: string) => (output += text));
		const ended = new Promise((resolve) => frozen.once('close', resolve));
		await until(async () => {
			const { promotion } = await project.status();
			return promotion?.state.kind === 'going' && promotion.state.running === 'verify';
		});
		await freezeBetweenTransactions(project, [frozen.pid as number]);
		await project.configure({});
		await project.promote(versionFlows('v3'));
		frozen.kill('SIGCONT');
		expect(await ended).toBe(5);
		expect(JSON.parse(output)).toMatchObject({ error: { code: 'LOCK_LOST' } });
		expect(await askVersion(project)).toBe('v3');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});
});

describe('the state of an environment is lost while it runs', () => {
	it('ends what the journal no longer knows before it promotes anew', async () => {
		const project = await createProject();
		try {
			await project.promote(versionFlows('v1'));
			await project.promote(versionFlows('v2'));
			const before = (await project.status()).slots.flatMap(({ instances }) => instances.map(({ status }) => status?.pid as number));
			const directory = join(project.folder, '.flowferry', 'environments', 'production');
			for (const file of ['state.db', 'state.db-wal', 'state.db-shm']) await rm(join(directory, file), { force: true });

			await project.promote(versionFlows('v3'));
			expect(await askVersion(project)).toBe('v3');
			expect(before).toHaveLength(2);
			for (const pid of before) expect(isAlive(pid)).toBe(false);
			await project.active(); // exactly one
		} finally {
			await project.remove();
		}
	});
});
