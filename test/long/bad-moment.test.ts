import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { CliResult } from '../support/cli.ts';
import { until } from '../support/gateway.ts';
import { findProcessesIn } from '../support/processes.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { expectError, expectErrorJson, readStanding } from '../support/standing.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

describe('a promotion at a bad moment', () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject();
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	/** Starts a promotion, and sends a signal once its instances are being prepared. */
	async function interrupt(signal: NodeJS.Signals, ...flags: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
		const env = { PATH: process.env.PATH, HOME: project.folder, NO_COLOR: '1' };
		const child = spawn(process.execPath, [program, 'promote', '--yes', ...flags], {
			cwd: project.folder,
			env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const output = { stdout: '', stderr: '' };
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
		child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
		const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
		await until(() => existsSync(join(project.folder, '.flowferry/environments/production/slots/green/slot.json')));
		child.kill(signal);
		return { status: await closed, ...output };
	}

	it.each(['SIGINT', 'SIGTERM'] as const)('%s while the new instances are prepared: all is undone', async (signal) => {
		await project.setFlows(versionFlows('v2'));
		const before = await readStanding(project);
		const says = [`interrupted by ${signal}`, 'Release 1 serves, as before.'];
		const shown = await interrupt(signal);
		expect(shown).toMatchObject({ status: 4, stderr: expect.stringContaining('interrupted: going back') });
		for (const text of says) expect(shown.stderr).toContain(text);
		expect(await readStanding(project)).toEqual(before);
		const answered = await interrupt(signal, '--json');
		expectErrorJson({ ...answered, json: () => undefined }, { status: 4, code: 'CUTOVER_ROLLED_BACK', says });
		expect(await readStanding(project)).toEqual(before);
	});

	it('two at once: one goes on, the other is told who', async () => {
		// A release that is not verified before three seconds are over.
		await project.configure({ checks: [{ http: '/slow' }] });
		await project.setFlows(slowFlows('v2'));
		const both = await Promise.all([project.cli('promote', '--yes', '--json'), project.cli('promote', '--yes', '--json')]);
		const [won, declined] = both.sort((a, b) => Number(a.status) - Number(b.status)) as [CliResult, CliResult];
		expect(won.status).toBe(0);
		expect(won.json()).toMatchObject({ outcome: 'promoted' });
		const says = [/@.* \(pid \d+\) is changing this environment/, 'flowferry status', 'run the command again'];
		expectErrorJson(declined, { status: 6, code: 'LOCKED', says });
		expect(await askVersion(project)).toBe('v2');

		await project.setFlows(slowFlows('v3'));
		const first = project.cli('promote', '--yes', '--json');
		await until(async () => (await project.status()).promotion !== null);
		expectError(await project.cli('rollback', '--yes'), 6, says);
		expect((await first).status).toBe(0);
		expect(await askVersion(project)).toBe('v3');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});
});

function slowFlows(version: string): FlowNode[] {
	const place = { z: 'tab1', name: '', x: 100, y: 200 };
	return versionFlows(version, [
		{ ...place, id: 'in2', type: 'http in', url: '/slow', method: 'get', wires: [['wait']] },
		{ ...place, id: 'wait', type: 'delay', pauseType: 'delay', timeout: '3', timeoutUnits: 'seconds', wires: [['out2']] },
		{ ...place, id: 'out2', type: 'http response', wires: [] },
	]);
}

describe("a gateway's port that somebody else has", () => {
	let project: Project;
	beforeAll(async () => {
		project = await createProject();
	});
	afterAll(() => project.remove());

	it('stops the first promotion, and leaves nothing behind', async () => {
		await project.setFlows(versionFlows('v1'));
		const { port } = new URL(project.url);
		const server = createServer().listen(Number(port), '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		try {
			const says = [`127.0.0.1:${port}`, 'in use', 'environments.production.port'];
			expectError(await project.cli('promote', '--yes'), 2, says);
			expectErrorJson(await project.cli('promote', '--yes', '--json'), { status: 2, code: 'PORT_IN_USE', says });
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
		expect(await findProcessesIn(project.folder)).toEqual([]);
		expect(await readdir(join(project.folder, '.flowferry/environments/production/slots')).catch(() => [])).toEqual([]);
		const { health, slots, leases, promotion } = await project.status();
		expect({ health, leases, promotion }).toEqual({ health: { state: 'empty' }, leases: [], promotion: null });
		expect(slots.map(({ release }) => release)).toEqual([null, null]);

		expect(await project.promote(versionFlows('v1'))).toMatchObject({ outcome: 'promoted' });
		expect(await askVersion(project)).toBe('v1');
	});
});
