import { environmentOf, type NamedEnvironment } from '../../../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../../../src/lib/config/load.ts';
import {
	CERTIFICATE_FILE,
	CONFIG_FILE,
	instanceOptions,
	keeperOptions,
	ROUTER_PORT,
	routerOptions,
} from '../../../../src/lib/targets/docker/container-options.ts';
import { aliasOf, namesOf } from '../../../../src/lib/targets/docker/names.ts';

const secrets = ['hunter2-variable', 'hunter2-credential', 'hunter2-editor', 'hunter2-check'];
const keys = `
  mode: hot-spare
  target: docker
  port: 18080
  variables: { PASSWORD: hunter2-variable }
  credentials: { broker: { password: hunter2-credential } }
  checks: [{ mqtt: 'mqtt://b', publish: a, expect: b, username: u, password: hunter2-check }]`;
const environment = (docker = '{}', more = ''): NamedEnvironment =>
	environmentOf(
		parseConfig(
			`dev: { url: http://x }\nenvironments:\n production:${keys.replaceAll('\n', '\n ')}\n   docker: ${docker}\n${more}`,
			'f',
			{},
		),
	);
const release = { number: 7, snapshot: 'a'.repeat(64), created: '' } as never;
const instance = (of: NamedEnvironment) =>
	instanceOptions(of, namesOf(of), { instance: 'blue/1', slot: 'blue', index: 1, image: 'sha256:1', release });
const all = (of: NamedEnvironment) => [instance(of), keeperOptions(of, namesOf(of), 'sha256:1'), routerOptions(of, namesOf(of), 'r')];

describe('how containers are made', () => {
	it('is told without a secret: everybody on the engine can read it', () => {
		const text = JSON.stringify(all(environment()));
		for (const secret of secrets) expect(text).not.toContain(secret);
		for (const options of all(environment())) expect(options.Env).toBeUndefined();
	});

	it('has the engine give each an init: HAProxy as PID 1 would never be told to end', () => {
		expect(all(environment()).map(({ HostConfig }) => HostConfig?.Init)).toEqual([true, true, true]);
	});

	it('publishes the router alone, its figures to the machine alone', () => {
		const of = environment('{}', '   metricsPort: 8080\n   host: 0.0.0.0\n');
		const [blue, keeper, router] = all(of);
		for (const options of [blue, keeper])
			expect([options?.ExposedPorts, options?.HostConfig?.PortBindings]).toEqual([undefined, undefined]);
		const bindings = router?.HostConfig?.PortBindings as Record<string, { HostIp: string; HostPort: string }[]>;
		expect(Object.keys(router?.ExposedPorts ?? {})).toEqual(Object.keys(bindings));
		expect(bindings[`${ROUTER_PORT}/tcp`]).toEqual([{ HostIp: '0.0.0.0', HostPort: '18080' }]);
		expect(Object.values(bindings)).toContainEqual([{ HostIp: '127.0.0.1', HostPort: '8080' }]);
		expect(Object.keys(bindings)).toHaveLength(2);
	});

	it('gives none of them a right, and none the socket of the engine', () => {
		for (const { User, HostConfig } of all(environment())) {
			expect(User).toBe('1000:1000');
			expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], RestartPolicy: { Name: 'unless-stopped' } });
			expect(HostConfig?.Privileged).toBeUndefined();
			expect(JSON.stringify(HostConfig)).not.toContain('docker.sock');
			expect(HostConfig?.Mounts).toEqual([
				expect.objectContaining({ Type: 'volume', Source: 'flowferry-production-state', Target: '/flowferry/environment' }),
			]);
		}
	});

	it('says of each what it is, and of an instance what it runs', () => {
		const [blue, keeper, router] = all(environment('{ name: ffw-x }'));
		expect(blue?.Labels).toEqual({
			'org.flowferry.environment': 'ffw-x',
			'org.flowferry.part': 'instance',
			'org.flowferry.slot': 'blue',
			'org.flowferry.index': '1',
			'org.flowferry.release': '7',
			'org.flowferry.snapshot': 'a'.repeat(64),
		});
		expect(keeper?.Labels).toEqual({
			'org.flowferry.environment': 'ffw-x',
			'org.flowferry.part': 'keeper',
			'org.flowferry.recipe': 'sha256:1',
		});
		expect(router?.Labels).toMatchObject({ 'org.flowferry.part': 'router', 'org.flowferry.recipe': 'r' });
		expect(Object.keys(router?.Labels ?? {}).filter((key) => /slot|index/.test(key))).toEqual([]);
	});

	it('has each found in its network by its own name', () => {
		const aliases = all(environment('{ name: ffw-x }')).map(({ Hostname, NetworkingConfig }) => [
			Hostname,
			NetworkingConfig?.EndpointsConfig?.['ffw-x']?.Aliases,
		]);
		expect(aliases).toEqual([
			['blue-1', ['blue-1']],
			['keeper', ['keeper']],
			['router', ['router']],
		]);
	});

	it('limits instances as far as it is asked to, and nothing else', () => {
		expect(instance(environment('{ memoryMB: 512, cpus: 1.5 }')).HostConfig).toMatchObject({
			Memory: 536_870_912,
			NanoCpus: 1_500_000_000,
		});
		for (const options of all(environment()))
			expect([options.HostConfig?.Memory, options.HostConfig?.NanoCpus]).toEqual([undefined, undefined]);
		expect(keeperOptions(environment('{ memoryMB: 512 }'), namesOf(environment()), 'i').HostConfig?.Memory).toBeUndefined();
	});

	it('shows volumes to instances alone, and has a log driver for all', () => {
		const [blue, keeper, router] = all(
			environment("{ volumes: ['/srv/plant:/data:ro', 'p:/q'], log: { driver: local, options: { max-size: 5m } } }"),
		);
		expect([blue, keeper, router].map((options) => options?.HostConfig?.Binds)).toEqual([
			['/srv/plant:/data:ro', 'p:/q'],
			undefined,
			undefined,
		]);
		for (const options of [blue, keeper, router])
			expect(options?.HostConfig?.LogConfig).toEqual({ Type: 'local', Config: { 'max-size': '5m' } });
	});

	it('leaves an instance time to end by itself, and lets the image look after its health; the keeper has none', () => {
		const of = environment();
		expect(instance(of).StopTimeout).toBe(Math.ceil(of.timeouts.stopMs / 1000) + 5);
		expect(instance(of).Healthcheck).toBeUndefined();
		expect(keeperOptions(of, namesOf(of), 'i').Healthcheck).toEqual({ Test: ['NONE'] });
	});

	it('begins all names alike, and puts what is secret beside the volume', () => {
		expect(namesOf(environment())).toMatchObject({
			prefix: 'flowferry-production',
			network: 'flowferry-production',
			volume: 'flowferry-production-state',
			keeper: 'flowferry-production-keeper',
			router: 'flowferry-production-router',
		});
		expect(namesOf(environment('{ name: ffw-x }')).instance('green/0')).toBe('ffw-x-green-0');
		expect(aliasOf('green/12')).toBe('green-12');
		for (const file of [CONFIG_FILE, CERTIFICATE_FILE]) expect(file).not.toMatch(/^\/flowferry\/environment/);
	});
});
