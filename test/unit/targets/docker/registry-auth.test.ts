import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryAuth, registryOf } from '../../../../src/lib/targets/docker/registry-auth.ts';

const HUB = 'https://index.docker.io/v1/';
let folder: string;
const authWith = async (config: object | string, image: string, env: Record<string, string> = {}) => {
	await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
	return await registryAuth(image, { DOCKER_CONFIG: folder, ...env });
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-docker-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the registry of an image', () => {
	it.each([
		['nodered/node-red:5', HUB],
		['haproxy:lts', HUB],
		['docker.io/library/haproxy', HUB],
		['registry.example/plant:7', 'registry.example'],
		['localhost/plant', 'localhost'],
		['plant:5000/a/b@sha256:00', 'plant:5000'],
	])('%s comes from %s', (image, registry) => {
		expect(registryOf(image)).toBe(registry);
	});
});

describe('the sign-in for a pull', () => {
	it('is what docker login wrote, and a password may have colons', async () => {
		const config = { auths: { 'registry.example': { auth: base64('ann:a:b') } } };
		expect(await authWith(config, 'registry.example/plant:7')).toEqual({
			serveraddress: 'registry.example',
			username: 'ann',
			password: 'a:b',
		});
		expect(await authWith(config, 'other.example/plant:7')).toBeUndefined();
		expect(await authWith(config, 'nodered/node-red:5')).toBeUndefined();
	});

	it('is a token where there is one', async () => {
		const config = { auths: { [HUB]: { auth: base64('ann:'), identitytoken: 'tok' } } };
		expect(await authWith(config, 'nodered/node-red:5')).toEqual({ serveraddress: HUB, identitytoken: 'tok' });
	});

	it.each([['{'], ['null'], ['{"auths":7}'], ['{"auths":{"registry.example":{"auth":"%%%"}}}']])(
		'is none in settings like %s',
		async (config) => {
			expect(await authWith(config, 'registry.example/plant')).toBeUndefined();
		},
	);

	it('comes from the helper that is named for the registry, before that for all', async () => {
		const helper = join(folder, 'docker-credential-plant');
		await writeFile(helper, '#!/bin/sh\nread -r registry\nprintf \'{"Username":"ann","Secret":"of %s"}\' "$registry"\n');
		await chmod(helper, 0o755);
		const config = { credHelpers: { 'registry.example': 'plant' }, credsStore: 'missing' };
		const env = { PATH: `${folder}:/usr/bin:/bin` };
		const found = { serveraddress: 'registry.example', username: 'ann', password: 'of registry.example' };
		expect(await authWith(config, 'registry.example/plant', env)).toEqual(found);
		expect(await authWith(config, 'other.example/plant', env)).toBeUndefined();
	});
});
