import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { autoscaleOf } from '../../../src/lib/config/autoscale.ts';
import { environmentOf } from '../../../src/lib/config/environment-of.ts';
import { kubernetes } from '../../../src/lib/config/kubernetes.ts';
import { loadConfig, parseConfig } from '../../../src/lib/config/load.ts';
import { renderReference } from '../../../src/lib/config/reference.ts';
import { renderStarter } from '../../../src/lib/config/starter.ts';
import { assertLeaseTiming } from '../../../src/lib/lease/timing.ts';

const configOf = (keys: string) => `dev: { url: http://x }\nenvironments: { production: { mode: hot-spare, ${keys} } }`;
const parse = (keys: string) => parseConfig(configOf(`target: kubernetes, ${keys}`), 'flowferry.yaml', {});

describe('what the configuration says of Kubernetes', () => {
	it.each<[string, string, RegExp]>([
		['router: gateway', 'environments.production.router', /is a Service on Kubernetes: leave it out/],
		['router: haproxy', 'environments.production.router', /is a Service on Kubernetes: leave it out/],
		['router: service', 'environments.production.router', /must be one of gateway, haproxy/],
		['nodeRed: ./node-red', 'environments.production.nodeRed', /comes with the image on Kubernetes: leave it out/],
		['directory: ./here', 'environments.production.directory', /is objects of the cluster's on Kubernetes: leave it out/],
		['host: 0.0.0.0', 'environments.production.host', /`kubernetes\.service` makes it on Kubernetes: leave it out/],
		['accessLog: {}', 'environments.production.accessLog', /is not written on Kubernetes: leave it out/],
		['metricsPort: 9464', 'environments.production.metricsPort', /at each pod's loopback on Kubernetes/],
		[
			'instanceMetricsPort: 1876',
			'environments.production.instanceMetricsPort',
			/1876 to 1879.*a port of each pod's own \(control\) is 1879/,
		],
		['editor: { access: read-only }', 'environments.production.editor', /cannot be opened on Kubernetes/],
		[
			'context: { store: sqlite }',
			'environments.production.context.store',
			/cannot be sqlite on Kubernetes, where instances share no file/,
		],
		['kubernetes: { service: { nodePort: 30080 } }', 'environments.production.kubernetes.service.nodePort', /is for `type: NodePort`/],
		['kubernetes: { volumes: ["data:/flowferry/palette"] }', 'environments.production.kubernetes.volumes', /must not cover \/flowferry/],
		['kubernetes: { volumes: ["data:/:ro"] }', 'environments.production.kubernetes.volumes', /must not cover \/flowferry/],
		['kubernetes: { volumes: ["/srv:/data"] }', 'environments.production.kubernetes.volumes', /must be a PersistentVolumeClaim and a path/],
		['kubernetes: { namespace: Plant }', 'environments.production.kubernetes.namespace', /must be the name of a namespace/],
		['kubernetes: { name: plant_1 }', 'environments.production.kubernetes.name', /small letters, digits and `-` alone/],
		['kubernetes: { resources: { limits: { memory: lots } } }', 'kubernetes.resources.limits.memory', /must be a quantity as Kubernetes/],
		['kubernetes: { nodeport: 1 }', 'environments.production.kubernetes', /nodeport/],
		['lease: { ttlMs: 3000 }', 'environments.production.lease', /must keep ttlMs > renewDeadlineMs/],
		['kubernetes: { autoscale: { from: 1 } }', 'environments.production.kubernetes.autoscale', /is for load-balanced mode/],
		['kubernetes: { autoscale: { cpu: 70 } }', 'environments.production.kubernetes.autoscale.from', /from/],
		['kubernetes: { autoscale: { from: 0 } }', 'environments.production.kubernetes.autoscale.from', /1/],
		['kubernetes: { autoscale: { from: 1, cpu: 101 } }', 'environments.production.kubernetes.autoscale.cpu', /100/],
	])('%s is refused with its file, its place, and what to do', (keys, where, remedy) => {
		expect(() => parse(keys)).toThrow(remedy);
		expect(() => parse(keys)).toThrow(where);
		expect(() => parse(keys)).toThrow('flowferry.yaml');
		expect(() => parse(keys)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
	});

	describe('of a number of pods that follows the load', () => {
		const balanced = (keys: string) => () =>
			parseConfig(configOf(`target: kubernetes, ${keys}`).replace('hot-spare', 'load-balanced'), 'f', {});

		it.each<[string, string, RegExp]>([
			['instances: 3, kubernetes: { autoscale: { from: 4 } }', 'kubernetes.autoscale.from', /is more than `instances` \(3\)/],
			['kubernetes: { autoscale: { from: 3 } }', 'kubernetes.autoscale.from', /is more than `instances` \(2\)/],
			[
				'kubernetes: { autoscale: { from: 1, cpu: 50 }, resources: { requests: { memory: 1Gi } } }',
				'kubernetes.autoscale.cpu',
				/they request none: set `kubernetes\.resources\.requests\.cpu`/,
			],
		])('%s is refused', (keys, where, remedy) => {
			expect(balanced(keys)).toThrow(remedy);
			expect(balanced(keys)).toThrow(where);
		});

		it.each([
			'instances: 3, kubernetes: { autoscale: { from: 3, cpu: 50 } }',
			'kubernetes: { autoscale: { from: 1, cpu: 50 }, resources: { requests: {}, limits: { cpu: "1" } } }',
			'kubernetes: { autoscale: { from: 1 }, resources: { requests: {} } }',
		])('%s is taken', (keys) => {
			expect(balanced(keys)).not.toThrow();
		});

		it('is nothing for other targets', () => {
			const keys = 'target: docker, kubernetes: { autoscale: { from: 9, cpu: 50 } }';
			expect(autoscaleOf(environmentOf(parseConfig(configOf(keys), 'f', {})))).toBeNull();
		});
	});

	it('needs nothing but the target: an image may come with a promotion', () => {
		expect(environmentOf(parse(''))).toMatchObject({
			router: 'service',
			context: { store: 'memory' },
			lease: { ttlMs: 6000, renewDeadlineMs: 4000, retryMs: 1000 },
			kubernetes: { pullPolicy: 'IfNotPresent', service: { type: 'ClusterIP' } },
		});
		expect(() => parse('kubernetes: { volumes: ["data:/flowferry-data", "data:/data/flowferry"] }')).not.toThrow();
	});

	it.each(['process', 'docker'])('leaves the leases and the context of the target %s as they were', (target) => {
		expect(environmentOf(parseConfig(configOf(`target: ${target}`), 'f', {}))).toMatchObject({
			context: { store: 'sqlite' },
			lease: { ttlMs: 2000, renewDeadlineMs: 1500, retryMs: 500 },
		});
	});

	it('takes over what is said of leases, and no default is unsafe', () => {
		expect(environmentOf(parse('lease: { ttlMs: 15000 }')).lease).toEqual({ ttlMs: 15_000, renewDeadlineMs: 4000, retryMs: 1000 });
		for (const target of ['process', 'docker', 'kubernetes'])
			expect(() => assertLeaseTiming(environmentOf(parseConfig(configOf(`target: ${target}`), 'f', {})).lease)).not.toThrow();
	});

	it('has the kubeconfig beside the configuration, or in the home', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'flowferry-config-'));
		try {
			const file = join(folder, 'flowferry.yaml');
			const read = async (path: string) => {
				writeFileSync(file, configOf(`target: kubernetes, kubernetes: { kubeconfig: ${path} }`));
				return (await loadConfig(file, { HOME: '/home/ann' })).config.environments.production?.kubernetes.kubeconfig;
			};
			expect(await read('./kube/config')).toBe(join(folder, 'kube/config'));
			expect(await read('~/.kube/config')).toBe('/home/ann/.kube/config');
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it('is in the reference, key by key', () => {
		const reference = renderReference();
		for (const key of Object.keys(kubernetes.shape)) expect(reference).toContain(`kubernetes.${key}`);
	});

	it('is what a first configuration begins with', () => {
		const text = renderStarter({ dev: { url: 'http://x' }, environment: 'production', mode: 'hot-spare', target: 'kubernetes' });
		expect(environmentOf(parseConfig(text, 'f', {}))).toMatchObject({ target: 'kubernetes', port: 8080 });
		// What it leaves as a comment is right, too.
		const whole = text.replace('    # kubernetes:', '    kubernetes:').replace('    #   image:', '      image:');
		expect(environmentOf(parseConfig(whole, 'f', {})).kubernetes.image).toBe('registry.example/plant:{snapshot}');
	});
});
