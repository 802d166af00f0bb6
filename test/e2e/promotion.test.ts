import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { LogLine } from '../../src/lib/targets/logs.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

describe('promote, rollback, down and up on real Node-RED', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject();
	});
	afterAll(() => project.remove());

	it('brings the first release into production', async () => {
		const result = await project.promote(versionFlows('v1'));
		expect(result).toMatchObject({ outcome: 'promoted', release: 1, strategy: 'first', from: null, to: { slot: 'blue', release: 1 } });
		expect(await askVersion(project)).toBe('v1');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	it('has nothing to do for the same flows', async () => {
		const { status, json } = await project.cli('promote', '--yes', '--json');
		expect(status).toBe(0);
		expect(json()).toMatchObject({ outcome: 'nothing-to-do', release: 1 });
	});

	it('brings the second release beside it, and keeps the first warm', async () => {
		const result = await project.promote(versionFlows('v2'));
		expect(result).toMatchObject({
			outcome: 'promoted',
			release: 2,
			strategy: 'overlap', // HTTP alone
			from: { slot: 'blue', release: 1 },
			to: { slot: 'green', release: 2 },
		});
		expect(result.drained).toEqual({ drained: true, left: [], unansweredRequests: 0 });
		expect(await askVersion(project)).toBe('v2');
		const { slots } = await project.status();
		expect(slots.map(({ slot, instances }) => [slot, instances[0]?.status?.state])).toEqual([
			['blue', 'standby'],
			['green', 'active'],
		]);
	});

	it('rolls back to the warm release without starting anything', async () => {
		const before = await project.status();
		const { status, json } = await project.cli('rollback', '--yes', '--json');
		expect(status).toBe(0);
		expect(json()).toMatchObject({ outcome: 'rolled-back', release: 1, from: { slot: 'green' }, to: { slot: 'blue' } });
		expect(await askVersion(project)).toBe('v1');
		const after = await project.status();
		const pids = (status: typeof before) => status.slots.map(({ instances }) => instances[0]?.status?.childPid);
		expect(pids(after)).toEqual(pids(before));
	});

	it('rolls back to a release whose slot is gone, from its stored snapshot', async () => {
		await project.promote(versionFlows('v3'));
		expect(await askVersion(project)).toBe('v3');
		const { status, json } = await project.cli('rollback', '--to', '2', '--yes', '--json');
		expect(status).toBe(0);
		expect(json()).toMatchObject({ release: 2 });
		expect(await askVersion(project)).toBe('v2');
	});

	it('shows what the instances logged, the flows among them, without secrets', async () => {
		await project.configure({ variables: { API_TOKEN: 'tok-3f9a1c' } });
		await project.promote(
			versionFlows('v4', [
				node('once', 'inject', { once: true, onceDelay: 0, repeat: '', crontab: '', props: [{ p: 'payload' }], wires: [['warn']] }),
				node('warn', 'function', { func: "node.warn('token ' + env.get('API_TOKEN'));", outputs: 0 }),
			]),
		);
		const { instance } = await project.active();
		await until(async () => (await project.cli('logs', '--instance', instance)).stdout.includes('token '), 'the flows log');
		const { lines } = (await project.cli('logs', '--json')).json() as { lines: LogLine[] };
		expect(new Set(lines.map((line) => line.instance))).toEqual(new Set(['blue/0', 'green/0']));
		const own = lines.filter((line) => line.instance === instance);
		expect(own).toContainEqual(expect.objectContaining({ from: 'runner', event: 'active' }));
		expect(own).toContainEqual(expect.objectContaining({ from: 'node-red', text: expect.stringMatching(/\[warn\] .*token \*\*\*$/) }));
		expect((await project.cli('logs', '--tail', '3')).stdout.trim().split('\n')).toHaveLength(6);
		expect(await project.cli('logs', '--instance', 'red/1')).toMatchObject({ status: 2, stderr: expect.stringContaining('red/1') });
	});

	it('goes down and comes up again with the release that served', async () => {
		await project.succeed('down', '--yes');
		expect((await project.status()).health).toEqual({ state: 'down' });
		await expect(askVersion(project)).rejects.toThrow();
		await project.succeed('up');
		expect(await askVersion(project)).toBe('v4');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});
});

describe('a green that cannot start leaves blue serving, and exits 4', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ failOn: 'never' });
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	/** Whatever happened, the very same process serves as before. */
	async function expectAsBefore(pid: number | null): Promise<void> {
		expect(await askVersion(project)).toBe('v1');
		const status = await project.status();
		expect(status.health).toEqual({ state: 'serving' });
		expect(status.active).toMatchObject({ slot: 'blue', release: 1 });
		expect((await project.active()).childPid).toBe(pid);
		expect(status.slots[1]).toMatchObject({ release: null, instances: [] });
	}

	async function promoteBadly(flows: FlowNode[]): Promise<string> {
		const { childPid } = await project.active();
		await project.setFlows(flows);
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4 });
		expect(stderr).toContain('Release 1 serves, as before.');
		await expectAsBefore(childPid);
		return stderr;
	}

	it('missing node type, which settings of its own might have brought', async () => {
		const settings = join(project.folder, 'settings.cjs');
		await writeFile(settings, 'module.exports = {};');
		await project.configure({ settings });
		const stderr = await promoteBadly(versionFlows('v2', [node('x1', 'no-such-type', {})]));
		expect(stderr).toContain('node types are missing: no-such-type');
		await project.configure({});
	});

	it('syntax error in a function', async () => {
		const stderr = await promoteBadly(versionFlows('v2', [node('f9', 'function', { name: 'broken', func: 'return msg +;', outputs: 1 })]));
		expect(stderr).toMatch(/function 'broken' does not compile: func: SyntaxError/);
	});

	it('port taken by somebody else', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const { port } = server.address() as { port: number };
		try {
			const listener = node('t1', 'tcp in', {
				name: 'line',
				server: 'server',
				host: '',
				port: String(port),
				datamode: 'stream',
				datatype: 'utf8',
			});
			const stderr = await promoteBadly(versionFlows('v2', [listener]));
			expect(stderr).toMatch(/'verify' failed: green\/0: tcp in 'line': .*EADDRINUSE/);
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
	});

	it('failing check', async () => {
		await project.configure({ checks: [{ http: '/version', contains: 'v1' }], timeouts: { verifyMs: 500 } });
		const stderr = await promoteBadly(versionFlows('v2'));
		expect(stderr).toContain("the check of /version failed: the answer does not contain 'v1'");
		await project.configure({});
	});
});

describe('load-balanced', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject({ mode: 'load-balanced', instances: 2 });
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	it('runs every instance, each in a seat of its own, and sends traffic to all', async () => {
		const status = await project.status();
		expect(status.leases.map(({ seat, holder }) => [seat, holder.split('@')[0]])).toEqual([
			['active/0', 'blue/0'],
			['active/1', 'blue/1'],
			['primary', expect.stringMatching(/^blue\/[01]$/)],
		]);
		expect(status.gateway?.traffic).toMatchObject({ state: 'flowing', upstreams: [{ instance: 'blue/0' }, { instance: 'blue/1' }] });
	});

	it('promotes and rolls back all of them', async () => {
		await project.promote(versionFlows('v2'));
		const seen = await Promise.all(Array.from({ length: 8 }, () => askVersion(project)));
		expect(new Set(seen)).toEqual(new Set(['v2']));
		expect((await project.status()).health).toEqual({ state: 'serving' });
		await project.succeed('rollback', '--yes');
		expect(await askVersion(project)).toBe('v1');
	});
});
