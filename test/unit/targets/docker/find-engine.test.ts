import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseApiVersion } from '../../../../src/lib/targets/docker/engine.ts';
import { findEngine } from '../../../../src/lib/targets/docker/find-engine.ts';

describe('which Engine is meant', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-contexts-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	async function context(name: string, endpoint: object, tls: string[] = []): Promise<void> {
		const id = createHash('sha256').update(name).digest('hex');
		const [meta, files] = [join(folder, 'contexts', 'meta', id), join(folder, 'contexts', 'tls', id, 'docker')];
		await mkdir(meta, { recursive: true });
		await mkdir(files, { recursive: true });
		await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }));
		for (const file of tls) await writeFile(join(files, file), file);
	}

	it('is found in the order of Docker: configuration, DOCKER_HOST, DOCKER_CONTEXT, the current context, the socket', async () => {
		await context('plant', { Host: 'ssh://ops@plant' });
		await context('mill', { Host: 'ssh://mill:2222/run/d.sock' });
		const env = { DOCKER_CONFIG: folder, DOCKER_HOST: 'unix:///run/a.sock', DOCKER_CONTEXT: 'mill' };
		const name = async (choice: object) => (await findEngine({ env, ...choice })).name;
		expect(await name({ host: 'unix:///run/b.sock' })).toBe('unix:///run/b.sock');
		expect(await name({ context: 'plant' })).toBe('context plant (ssh://ops@plant)');
		expect(await name({})).toBe('unix:///run/a.sock');
		expect(await name({ env: { ...env, DOCKER_HOST: '' } })).toBe('context mill (ssh://mill:2222/run/d.sock)');
		await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: {}, currentContext: 'plant' }));
		expect(await name({ env: { DOCKER_CONFIG: folder } })).toBe('context plant (ssh://ops@plant)');
		await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: {} }));
		expect(await name({ env: { DOCKER_CONFIG: folder } })).toBe('unix:///var/run/docker.sock');
		expect(await name({ context: 'default' })).toBe('unix:///run/a.sock');
	});

	it('has the certificates of its context', async () => {
		await context('plant', { Host: 'tcp://plant:2376', SkipTLSVerify: false }, ['ca.pem', 'cert.pem', 'key.pem']);
		expect((await findEngine({ context: 'plant', env: { DOCKER_CONFIG: folder } })).address).toEqual({
			...{ kind: 'tls', host: 'plant', port: 2376 },
			tls: { ca: Buffer.from('ca.pem'), cert: Buffer.from('cert.pem'), key: Buffer.from('key.pem'), verify: true },
		});
		await context('loose', { Host: 'tcp://plant', SkipTLSVerify: true });
		expect((await findEngine({ context: 'loose', env: { DOCKER_CONFIG: folder } })).address).toMatchObject({
			port: 2376,
			tls: { verify: false },
		});
	});

	it.each<[string, object, Record<string, string>]>([
		['ENGINE_CONTEXT_UNKNOWN', { context: 'ghost' }, {}],
		['ENGINE_INSECURE', { host: 'tcp://plant:2375' }, {}],
		['ENGINE_TLS_FILES', { host: 'tcp://plant:2376' }, { DOCKER_TLS_VERIFY: '1' }],
		['ENGINE_ADDRESS_INVALID', { host: 'npipe:////./pipe/docker_engine' }, {}],
		['ENGINE_ADDRESS_INVALID', { host: 'ssh://-oProxyCommand=x' }, {}],
		['ENGINE_ADDRESS_INVALID', { host: 'unix:///a', context: 'plant' }, {}],
	])('is refused as %s: %j', async (code, choice, env) => {
		await expect(findEngine({ ...choice, env: { DOCKER_CONFIG: folder, ...env } })).rejects.toMatchObject({ code });
	});

	it('is not found by an address with a password, which is not shown', async () => {
		const error = await findEngine({ host: 'ssh://ops:geheim@plant', env: {} }).catch((cause: Error) => cause);
		expect(error).toMatchObject({ code: 'ENGINE_ADDRESS_INVALID' });
		expect(JSON.stringify(error)).not.toContain('geheim');
	});

	it('may be reached over plain TCP on this machine', async () => {
		expect((await findEngine({ env: { DOCKER_HOST: '127.0.0.1:2375' } })).address).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 2375 });
	});
});

it.each([
	['1.40', '1.12', undefined],
	['1.41', '1.12', '1.41'],
	['1.48', '1.24', '1.41'],
	['1.52', '1.44', '1.44'],
	['1.41', undefined, '1.41'],
])('an Engine with API %s, and since %s, is spoken to in %s', (newest, oldest, version) => {
	expect(chooseApiVersion(newest, oldest)).toBe(version);
});
