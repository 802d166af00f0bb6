import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Project } from '../support/project.ts';
import { createProject, versionFlows } from '../support/project.ts';

const PASSWORD = 'correct-horse-battery-staple';

describe('credentials of an environment', () => {
	let project: Project;
	let server: Server;
	const seen: (string | undefined)[] = [];
	let flows: FlowNode[];

	beforeAll(async () => {
		server = createServer((request, response) => {
			seen.push(request.headers.authorization);
			response.end('ok');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		flows = versionFlows('v1', [
			{ id: 'i1', type: 'http in', z: 'tab1', name: '', url: '/call', method: 'get', x: 100, y: 300, wires: [['r1']] },
			{
				id: 'r1',
				type: 'http request',
				z: 'tab1',
				name: '',
				method: 'GET',
				ret: 'txt',
				url,
				authType: 'basic',
				x: 300,
				y: 300,
				wires: [['o1']],
			},
			{ id: 'o1', type: 'http response', z: 'tab1', name: '', x: 500, y: 300, wires: [] },
		]);
		project = await createProject({ credentials: { r1: { user: 'plant', password: PASSWORD }, nobody: { key: PASSWORD } } });
		await project.promote(flows);
	});
	afterAll(async () => {
		await project.remove();
		server.close();
	});

	it('reach the nodes that they are for', async () => {
		expect((await fetch(`${project.url}/call`)).status).toBe(200);
		expect(seen).toEqual([`Basic ${Buffer.from(`plant:${PASSWORD}`).toString('base64')}`]);
	});

	it('reach them again after a crash of Node-RED', async () => {
		const { childPid } = await project.active();
		process.kill(childPid as number, 'SIGKILL');
		await expectEventually(async () => (await fetch(`${project.url}/call`)).status === 200);
	});

	it('are named in the plan where no node takes them', async () => {
		const { warnings } = (await project.cli('plan', '--json')).json();
		expect(warnings).toContain('the configuration gives credentials to node nobody, which the flows do not have');
	});

	it('stand in no file, no output and no command line', async () => {
		const outputs = await Promise.all([project.cli('status'), project.cli('status', '--json'), project.cli('plan')]);
		for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(PASSWORD);
		const { stdout: processes } = await promisify(execFile)('ps', ['-eo', 'args']);
		expect(processes).not.toContain(PASSWORD);
		const kept = join(project.folder, '.flowferry');
		let files = 0;
		for (const entry of await readdir(kept, { recursive: true, withFileTypes: true })) {
			if (!entry.isFile() || entry.parentPath.includes('node_modules')) continue;
			files++;
			const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
			expect({ file: entry.name, leaks: text.includes(PASSWORD) }).toEqual({ file: entry.name, leaks: false });
		}
		expect(files).toBeGreaterThan(10);
	});

	it('are not in the environment that flows can read', async () => {
		const peek = versionFlows('v2', [
			{ id: 'p1', type: 'http in', z: 'tab1', name: '', url: '/peek', method: 'get', x: 100, y: 400, wires: [['p2']] },
			{
				id: 'p2',
				type: 'function',
				z: 'tab1',
				name: '',
				func: "msg.payload = ['FLOWFERRY_CREDENTIAL_SECRET', 'FLOWFERRY_AGENT_DIR', 'PATH'].map((name) => Boolean(env.get(name)));\nreturn msg;",
				outputs: 1,
				x: 300,
				y: 400,
				wires: [['p3']],
			},
			{ id: 'p3', type: 'http response', z: 'tab1', name: '', x: 500, y: 400, wires: [] },
		]);
		await project.promote(peek);
		expect(await (await fetch(`${project.url}/peek`)).json()).toEqual([false, false, true]);
	});
});

async function expectEventually(happens: () => Promise<boolean>): Promise<void> {
	const end = performance.now() + 20_000;
	while (!(await happens().catch(() => false))) {
		if (performance.now() > end) throw new Error('it did not happen');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
