import { parse } from 'yaml';
import { environmentOf } from '../../../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../../../src/lib/config/load.ts';
import { renderCompose } from '../../../../src/lib/targets/docker/compose.ts';
import { composeProject } from '../../../../src/lib/targets/docker/compose-owned.ts';
import { instanceOptions, keeperOptions, routerOptions } from '../../../../src/lib/targets/docker/container-options.ts';
import { namesOf } from '../../../../src/lib/targets/docker/names.ts';

const config = `
dev: { userDir: dev }
environments:
  production:
    mode: hot-spare
    target: docker
    host: "::"
    port: 18080
    metricsPort: 9100
    variables: { MQTT_PASSWORD: hunter2hunter2 }
    docker:
      networks: [plant]
      volumes: ["/srv/$plant:/data:ro"]
      memoryMB: 256
      cpus: 1.5
      log: { driver: local, options: { max-size: 5m } }
`;

function render(): string {
	const environment = environmentOf(parseConfig(config, 'flowferry.yaml', {}), 'production');
	const names = namesOf(environment);
	const release = { number: 7, snapshot: 'f'.repeat(64), created: '2026-01-01T00:00:00.000Z' };
	const instance = instanceOptions(environment, names, { instance: 'blue/0', slot: 'blue', index: 0, image: 'sha256:1', release });
	return renderCompose({
		environment: environment.name,
		names,
		keeper: keeperOptions(environment, names, 'flowferry/runtime:1'),
		router: routerOptions(environment, names, 'r1'),
		instances: { [names.instance('blue/0')]: instance },
		networks: environment.docker.networks,
	});
}

describe('a compose file', () => {
	it('has the keeper and the router as flowferry makes them', () => {
		const { services, networks, volumes } = parse(render());
		expect(Object.keys(services)).toEqual(['keeper', 'router']);
		expect(services.keeper).toMatchObject({
			container_name: 'flowferry-production-keeper',
			image: 'flowferry/runtime:1',
			user: '1000:1000',
			restart: 'unless-stopped',
			cap_drop: ['ALL'],
			security_opt: ['no-new-privileges'],
			healthcheck: { disable: true },
			logging: { driver: 'local', options: { 'max-size': '5m' } },
			networks: { 'flowferry-production': { aliases: ['keeper'] } },
			volumes: [{ type: 'volume', source: 'flowferry-production-state', target: '/flowferry/environment' }],
			labels: { 'org.flowferry.part': 'keeper', 'org.flowferry.recipe': 'flowferry/runtime:1' },
		});
		expect(services.keeper).not.toHaveProperty('ports');
		expect(services.router).toMatchObject({
			entrypoint: ['haproxy'],
			working_dir: '/flowferry/environment',
			ports: ['[::]:18080:8080', '127.0.0.1:9100:8404'],
			volumes: [{ volume: { nocopy: true } }],
			labels: { 'org.flowferry.recipe': 'r1' },
		});
		expect(networks).toEqual({ 'flowferry-production': { name: 'flowferry-production', external: true } });
		expect(volumes).toEqual({ 'flowferry-production-state': { name: 'flowferry-production-state', external: true } });
	});

	it('shows instances beside the services, without what comes with a release, and without a secret', () => {
		const text = render();
		const instance = parse(text)['x-flowferry-instances']['flowferry-production-blue-0'];
		expect(instance).toMatchObject({
			mem_limit: 256 * 1024 * 1024,
			cpus: 1.5,
			labels: { 'org.flowferry.slot': 'blue', 'org.flowferry.index': '0' },
			networks: { 'flowferry-production': { aliases: ['blue-0'] }, plant: {} },
			// A dollar of its own would be the beginning of a variable.
			volumes: [{ source: 'flowferry-production-state' }, '/srv/$$plant:/data:ro'],
		});
		expect(instance).not.toHaveProperty('image');
		expect(Object.keys(instance.labels)).not.toContain('org.flowferry.release');
		expect(text).not.toMatch(/hunter2|f{64}/);
	});
});

it('tells by the labels of a container whether compose has made it', () => {
	const container = (Labels: Record<string, string>) => ({ Config: { Labels } }) as unknown as Parameters<typeof composeProject>[0];
	expect(composeProject(container({ 'com.docker.compose.project': 'plant' }))).toBe('plant');
	expect(composeProject(container({ 'org.flowferry.part': 'keeper' }))).toBeUndefined();
});
