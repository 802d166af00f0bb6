import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sealCredentials } from '../../src/lib/node-red/sealed-credentials.ts';
import type { Project } from '../support/project.ts';
import { createProject, instancesOf, node, versionFlows } from '../support/project.ts';
import { sweep } from '../support/secret-sweep.ts';

const PASSPHRASE = 'six words that nobody else has';
const PASSWORD = 'p&ss: wörd/of the dev=1';

/** The short form of test/long/carried-credentials.test.ts, in which Node-RED itself writes the files. */
describe('credentials in a snapshot', () => {
	let project: Project;
	let server: Server;
	const outputs: string[] = [];
	const seen: (string | undefined)[] = [];
	const run = async (passphrase: string, ...args: string[]) => {
		const result = await project.cliWith({ FLOWFERRY_PASSPHRASE: passphrase }, ...args);
		outputs.push(result.stdout, result.stderr);
		return result;
	};
	const basic = Buffer.from(`plant:${PASSWORD}`).toString('base64');
	const pids = async () => instancesOf(await project.status()).map(({ pid, childPid }) => [pid, childPid]);

	beforeAll(async () => {
		server = createServer((request, response) => {
			seen.push(request.headers.authorization);
			response.end('ok');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		project = await createProject();
		const dev = join(project.folder, 'dev');
		await project.setFlows(
			versionFlows('v1', [
				node('i1', 'http in', { url: '/call', method: 'get', wires: [['r1']] }),
				node('r1', 'http request', { method: 'GET', ret: 'txt', url, authType: 'basic', wires: [['o1']] }),
				node('o1', 'http response', {}),
			]),
		);
		await writeFile(join(dev, '.config.runtime.json'), JSON.stringify({ _credentialSecret: 'made up by Node-RED' }));
		const credentials = { r1: { user: 'plant', password: PASSWORD }, gone: { password: PASSWORD } };
		await writeFile(join(dev, 'flows_cred.json'), sealCredentials(credentials, 'made up by Node-RED'));
	});
	afterAll(async () => {
		await project.remove();
		server.close();
	});

	it('reach production, and nothing changes with a wrong passphrase', async () => {
		const { id } = (await run(PASSPHRASE, 'snapshot', '--json')).json();
		const refused = await run('not the passphrase', 'promote', '--snapshot', id, '--yes', '--json');
		expect({ status: refused.status, error: refused.json().error }).toMatchObject({ status: 2, error: { code: 'PASSPHRASE_WRONG' } });
		expect(await pids()).toEqual([]);
		expect((await run(PASSPHRASE, 'promote', '--snapshot', id, '--yes', '--json')).json()).toMatchObject({ outcome: 'promoted' });
		expect((await fetch(`${project.url}/call`)).status).toBe(200);
		expect(seen).toEqual([`Basic ${basic}`]);
	});

	it('stand in no file and no output, in no form', async () => {
		for (const args of [['plan'], ['status'], ['history'], ['snapshot', 'list']]) await run(PASSPHRASE, ...args);
		const found = await sweep(project.folder, { secrets: [PASSPHRASE, PASSWORD, basic], outputs });
		expect(found.leaks).toEqual([]);
		expect(found.files).toBeGreaterThan(20);
		expect(found.gitObjects).toBeGreaterThan(5);
	});
});
