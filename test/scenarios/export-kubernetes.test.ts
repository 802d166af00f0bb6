import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { joinChunks } from '../../src/lib/targets/kubernetes/objects/flow-chunks.ts';
import { runCli } from '../support/cli.ts';
import { sampleFlows } from '../support/snapshots.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(60_000);

const SECRETS = { BROKER_PASSWORD: 'broker-secret-1', CHECK_PASSWORD: 'check-secret-2', NODE_PASSWORD: 'node-secret-3' };
let folder: string;
const run = (...args: string[]) => runCli(['export', 'kubernetes', ...args], { cwd: folder, env: SECRETS });
const read = (path: string) => readFile(join(folder, path), 'utf8');
const objects = async (path: string) => parseAllDocuments(await read(path)).map((document) => document.toJS());
const filesIn = async (path: string) =>
	(await readdir(join(folder, path), { recursive: true, withFileTypes: true }))
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, path).length + 1))
		.sort();

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry export '));
	await mkdir(join(folder, 'red'));
	await writeFile(join(folder, 'red/flows.json'), JSON.stringify(sampleFlows));
	await writeFile(
		join(folder, 'flowferry.yaml'),
		`dev: { userDir: red }
environments:
  production:
    mode: hot-spare
    target: kubernetes
    variables: { BROKER: "mqtt://broker:1883", BROKER_PASSWORD: "\${BROKER_PASSWORD}" }
    credentials: { n1: { password: "\${NODE_PASSWORD}" } }
    failover: { probes: [{ mqtt: "mqtt://broker:1883", username: me, password: "\${CHECK_PASSWORD}", expect: a }] }
    kubernetes: { namespace: plant, image: "registry.example/plant:{snapshot}" }
  plain: { mode: load-balanced, instances: 3, target: kubernetes }
  local: { mode: hot-spare }
`,
	);
});
afterEach(() => rm(folder, { recursive: true }));

describe('flowferry export kubernetes', () => {
	it('writes what outlives releases, a file for each concern', async () => {
		const { status, stdout, stderr } = await run('production', '--output', 'deploy');
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toContain('wrote deploy/services.yaml\n');
		expect(stdout).toContain('Next: kubectl apply --server-side -k deploy\n');
		const files = ['disruption-budget.yaml', 'kustomization.yaml', 'network-policy.yaml', 'permissions.yaml', 'services.yaml'];
		expect(await filesIn('deploy')).toEqual(files);
		const [{ resources }] = (await objects('deploy/kustomization.yaml')) as [{ resources: string[] }];
		expect([...resources].sort()).toEqual(files.filter((file) => file !== 'kustomization.yaml'));
		expect((await objects('deploy/permissions.yaml')).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Role', 'RoleBinding']);
		const [policy] = await objects('deploy/network-policy.yaml');
		expect(policy).toMatchObject({ metadata: { namespace: 'plant' }, spec: { ingress: [{}, { from: [{ podSelector: {} }] }] } });
		expect((await objects('deploy/disruption-budget.yaml'))[0].apiVersion).toBe('policy/v1');
		await run('production', '--output', 'deploy', '--cluster-version', '1.20');
		expect((await objects('deploy/disruption-budget.yaml'))[0].apiVersion).toBe('policy/v1beta1');
	});

	it('leaves the overlay alone that it has written once', async () => {
		expect((await run('production', '-o', 'deploy', '--overlay')).stdout).toContain('wrote deploy/overlays/production/kustomization.yaml');
		expect((await objects('deploy/overlays/production/kustomization.yaml'))[0].resources).toEqual(['../../base/production']);
		await writeFile(join(folder, 'deploy/overlays/production/kustomization.yaml'), 'mine');
		await writeFile(join(folder, 'deploy/base/production/services.yaml'), 'changed');
		const { stdout } = await run('production', '-o', 'deploy', '--overlay');
		expect(stdout).toContain('kept  deploy/overlays/production/kustomization.yaml');
		expect(await read('deploy/overlays/production/kustomization.yaml')).toBe('mine');
		expect(await read('deploy/base/production/services.yaml')).toContain('kind: Service');
		expect((await run('plain', '-n', 'other', '-o', 'deploy', '--overlay')).status).toBe(0);
		expect((await objects('deploy/base/plain/disruption-budget.yaml'))[0]).toMatchObject({
			metadata: { namespace: 'other' },
			spec: { minAvailable: 2 },
		});
	});

	it("writes a snapshot's pods with no secret in any file, and says what is to be filled in", async () => {
		const answer = await run('production', '-o', 'deploy', '--snapshot', 'dev', '--json');
		expect(answer.status).toBe(0);
		const json = answer.json() as { files: { path: string }[]; fill: object[]; folder: string; entry: string };
		expect(json).toMatchObject({ environment: 'production', folder: join(folder, 'deploy'), entry: join(folder, 'deploy') });
		expect(json.files.map(({ path }) => path).sort()).toEqual(await filesIn('deploy'));
		expect(json.fill).toEqual([
			{ secret: 'flowferry-production-token', key: 'token', values: ['token'] },
			{
				secret: 'flowferry-production-blue',
				key: '0.json',
				values: expect.arrayContaining(['variables.BROKER_PASSWORD', 'credentials.n1.password', '***']),
			},
			{ secret: 'flowferry-production-blue', key: '1.json', values: expect.any(Array) },
		]);
		const texts = await Promise.all((await filesIn('deploy')).map((file) => read(join('deploy', file))));
		for (const secret of Object.values(SECRETS)) {
			for (const text of [...texts, answer.stdout]) {
				expect(text).not.toContain(secret);
				expect(text).not.toContain(Buffer.from(secret).toString('base64'));
			}
		}
		const [token, config] = await objects('deploy/slot/secrets.template.yaml');
		expect(token).toMatchObject({ kind: 'Secret', stringData: { token: '<token>' } });
		expect(token).not.toHaveProperty('data');
		expect(JSON.parse(config.stringData['1.json'])).toMatchObject({
			instance: 'blue/1',
			variables: { BROKER: 'mqtt://broker:1883', BROKER_PASSWORD: '<variables.BROKER_PASSWORD>' },
			credentials: { n1: { password: '<credentials.n1.password>' } },
		});
		// Placeholders get into no cluster.
		expect((await objects('deploy/slot/kustomization.yaml'))[0].resources).toEqual(['flows.yaml', 'gateway.yaml', 'stateful-set.yaml']);
		const [set] = await objects('deploy/slot/stateful-set.yaml');
		const snapshot = set.metadata.annotations['flowferry.org/snapshot'] as string;
		expect(set.spec.template.spec.containers.map(({ image }: { image: string }) => image)).toEqual([
			`registry.example/plant:${snapshot.slice(0, 12)}`,
			`registry.example/plant:${snapshot.slice(0, 12)}`,
		]);
		const flows = (await objects('deploy/slot/flows.yaml')).map(({ binaryData }) => Buffer.from(binaryData.flows, 'base64'));
		expect(JSON.parse(joinChunks(flows)).map(({ id }: { id: string }) => id)).toEqual(['t1', 'n1', 'n2']);
	});

	it('gives the same text each time', async () => {
		await run('production', '-o', 'one', '--snapshot', 'dev');
		await run('production', '-o', 'two', '--snapshot', 'dev');
		for (const file of await filesIn('one')) {
			expect(await read(join('two', file))).toBe(await read(join('one', file)));
		}
	});

	it.each([
		[['local', '-o', 'deploy'], 'local does not run on Kubernetes: its target is process', 'environments.local.target: kubernetes'],
		[['plain', '-o', 'deploy'], 'nothing says in which namespace plain is to be', '--namespace'],
		[['plain', '-n', 'p', '-o', 'deploy', '--snapshot', 'dev'], 'which image the pods of plain run', 'environments.plain.kubernetes.image'],
		[['production', '-o', 'flowferry.yaml'], 'could not be written in', '--output'],
		[['production', '-o', 'deploy', '--cluster-version', 'new'], 'new is no version of Kubernetes', '1.20'],
	])('%j is refused, with what to do', async (args, message, remedy) => {
		const { status, stderr } = await run(...args);
		expect(status).toBe(2);
		expect(stderr).toContain(message);
		expect(stderr).toContain(remedy);
		expect(await readdir(folder)).not.toContain('deploy');
	});
});
