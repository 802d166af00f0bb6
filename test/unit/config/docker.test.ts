import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../../src/lib/config/docker.ts';
import { environmentOf } from '../../../src/lib/config/environment-of.ts';
import { loadConfig, parseConfig } from '../../../src/lib/config/load.ts';
import { renderReference } from '../../../src/lib/config/reference.ts';
import { routerOf } from '../../../src/lib/config/target-defaults.ts';

const parse = (keys: string) =>
	parseConfig(`dev: { url: http://x }\nenvironments: { production: { mode: hot-spare, target: docker, ${keys} } }`, 'flowferry.yaml', {});

describe('what the configuration says of Docker', () => {
	it.each<[string, string, RegExp]>([
		['router: gateway', 'environments.production.router', /is HAProxy on Docker: leave it out/],
		['nodeRed: 5.0.7', 'environments.production.nodeRed', /comes with the image on Docker: leave it out, and set `docker\.image`/],
		['directory: ./here', 'environments.production.directory', /is a volume of the engine on Docker: leave it out/],
		['host: localhost', 'environments.production.host', /must be an address of the engine's machine on Docker, such as 127\.0\.0\.1/],
		['editor: { access: read-only }', 'environments.production.editor', /cannot be opened on Docker/],
		['accessLog: {}', 'environments.production.accessLog', /leave it out with `router: haproxy` and on Docker/],
		['docker: { host: "ssh://plant", context: plant }', 'environments.production.docker.context', /and so does `docker\.host`: leave one/],
		['docker: { host: plant }', 'environments.production.docker.host', /such as unix:\/\/\/var\/run\/docker\.sock/],
		['docker: { name: Plant }', 'environments.production.docker.name', /small letters, digits/],
		['docker: { volumes: ["plant"] }', 'environments.production.docker.volumes', /as Docker writes it: `plant-data:\/data`/],
		['docker: { volumes: ["a:b"] }', 'environments.production.docker.volumes', /as Docker writes it/],
		['docker: { memoryMB: 1 }', 'environments.production.docker.memoryMB', /64/],
		['docker: { cpu: 1 }', 'environments.production.docker', /cpu/],
	])('%s is refused with its file, its place, and what to do', (keys, place, remedy) => {
		expect(() => parse(keys)).toThrow(remedy);
		expect(() => parse(keys)).toThrow(place);
		expect(() => parse(keys)).toThrow('flowferry.yaml');
		expect(() => parse(keys)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
	});

	it('all of that is as it was for processes', () => {
		const keys =
			'router: gateway, nodeRed: ./node-red, directory: ./here, host: localhost, editor: { access: read-only, users: { ann: long-enough-password } }, accessLog: {}';
		expect(() => parseConfig(`dev: { url: http://x }\nenvironments: { production: { mode: hot-spare, ${keys} } }`, 'f', {})).not.toThrow();
	});

	it.each([
		['docker', undefined, 'haproxy'],
		['docker', 'haproxy', 'haproxy'],
		['process', undefined, 'gateway'],
		['process', 'haproxy', 'haproxy'],
	] as const)('with target %s and router %s it is %s', (target, router, expected) => {
		expect(routerOf({ target, router })).toBe(expected);
	});

	it('is decided in what promotions work with', () => {
		expect(environmentOf(parse('')).router).toBe('haproxy');
		expect(environmentOf(parse('')).docker).toMatchObject({
			image: 'nodered/node-red:{nodeRed}',
			networks: [],
			volumes: [],
			keepImages: 5,
		});
	});

	it('has the certificate beside the configuration, from wherever it is read', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'flowferry-config-'));
		try {
			const file = join(folder, 'flowferry.yaml');
			writeFileSync(
				file,
				'dev: { url: http://x }\nenvironments: { p: { mode: hot-spare, target: docker, docker: { certificate: ./tls/p.pem } } }',
			);
			const { config } = await loadConfig(file, {});
			expect(config.environments.p?.docker.certificate).toBe(join(folder, 'tls/p.pem'));
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it('is in the reference, key by key', () => {
		const reference = renderReference();
		for (const key of Object.keys(docker.shape)) expect(reference).toContain(`docker.${key}`);
	});
});
