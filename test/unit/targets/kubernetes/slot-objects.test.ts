import { randomBytes } from 'node:crypto';
import { chunksOf, joinChunks } from '../../../../src/lib/targets/kubernetes/objects/flow-chunks.ts';
import { gatewayConfigMap } from '../../../../src/lib/targets/kubernetes/objects/gateway-config.ts';
import { configSecret, flowMaps, statefulSetOf } from '../../../../src/lib/targets/kubernetes/objects/slot-objects.ts';
import { kubernetesEnvironment, place, slotRelease } from '../../../support/kubernetes-environment.ts';

const MIB = 1024 * 1024;
const flowsOf = (bytes: number) =>
	Array.from({ length: Math.ceil(bytes / 1000) }, (_, id) => ({
		id: String(id),
		type: 'function',
		func: randomBytes(500).toString('hex'),
	}));

describe('a slot on Kubernetes', () => {
	const set = statefulSetOf(place(), kubernetesEnvironment(), slotRelease);
	const pod = set.spec!.template.spec!;
	const [nodeRed, gateway] = pod.containers as [(typeof pod.containers)[0], (typeof pod.containers)[0]];

	it('has no rights on its node', () => {
		expect(pod.securityContext).toEqual({
			runAsNonRoot: true,
			runAsUser: 1000,
			runAsGroup: 1000,
			fsGroup: 1000,
			seccompProfile: { type: 'RuntimeDefault' },
		});
		for (const { securityContext } of pod.containers)
			expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, privileged: false, capabilities: { drop: ['ALL'] } });
		expect(gateway.securityContext?.readOnlyRootFilesystem).toBe(true);
		expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
		expect(pod.volumes!.filter(({ hostPath }) => hostPath)).toEqual([]);
	});

	it("gives the pod's account to the runner alone, and the configuration, too", () => {
		expect(pod.automountServiceAccountToken).toBe(false);
		const seen = (container: typeof nodeRed) => container.volumeMounts!.map(({ name }) => name).sort();
		expect(seen(nodeRed)).toEqual(['account', 'config', 'flows', 'token']);
		expect(seen(gateway)).toEqual(['gateway-config', 'gateway-state', 'token']);
	});

	it('has the secrets in files for their owner alone, and none in its variables', () => {
		expect(pod.volumes!.filter(({ secret }) => secret).map(({ secret }) => secret)).toEqual([
			{ secretName: 'flowferry-production-blue', defaultMode: 0o400 },
			{ secretName: 'flowferry-production-token', defaultMode: 0o400 },
		]);
		for (const { env } of pod.containers) expect(env!.map(({ name }) => name)).toEqual(['POD_NAME', 'POD_IP', 'POD_UID']);
	});

	it('ends no pod by itself, and gives one the time that its runner takes', () => {
		expect(set.spec).toMatchObject({ podManagementPolicy: 'Parallel', updateStrategy: { type: 'OnDelete' }, replicas: 2 });
		expect(pod.terminationGracePeriodSeconds).toBe(30);
		const slow = statefulSetOf(place(), kubernetesEnvironment('mode: hot-spare, timeouts: { stopMs: 45500, startMs: 90000 }'), slotRelease);
		expect(slow.spec!.template.spec!.terminationGracePeriodSeconds).toBe(56);
		expect(slow.spec!.template.spec!.containers[0]!.startupProbe).toMatchObject({ periodSeconds: 1, failureThreshold: 90 });
	});

	it('leaves the number of pods to an autoscaler where none is said', () => {
		expect(statefulSetOf(place(), kubernetesEnvironment(), { ...slotRelease, replicas: null }).spec).not.toHaveProperty('replicas');
	});

	it('selects its pods by what no release changes', () => {
		const later = statefulSetOf(place(), kubernetesEnvironment(), {
			...slotRelease,
			release: { ...slotRelease.release, number: 8, snapshot: 'a'.repeat(64) },
		});
		expect(later.spec!.selector).toEqual(set.spec!.selector);
		const { labels } = set.spec!.template.metadata!;
		expect(labels).toMatchObject(set.spec!.selector.matchLabels!);
		expect(labels).toMatchObject({ 'flowferry.org/release': '7', 'flowferry.org/snapshot': '3f9a1c0eeeee' });
		// A promotion says which pods serve.
		expect(labels).not.toHaveProperty('flowferry.org/serving');
	});

	it('has what the configuration says', () => {
		const environment = kubernetesEnvironment(
			'mode: hot-spare, kubernetes: { pullPolicy: Always, pullSecrets: [registry], nodeSelector: { zone: a }, tolerations: [{ key: edge, operator: Exists, tolerationSeconds: 5 }], annotations: { mesh: "off" }, volumes: ["plant-data:/data", "plant-data:/old:ro", "recipes.v1:/recipes:ro"], resources: { limits: { memory: 1Gi } } }',
		);
		const { template } = statefulSetOf(place(), environment, slotRelease).spec!;
		expect(template.metadata!.annotations).toMatchObject({ mesh: 'off', 'flowferry.org/snapshot': slotRelease.release.snapshot });
		expect(template.spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }], nodeSelector: { zone: 'a' } });
		expect(template.spec!.tolerations).toEqual([{ key: 'edge', operator: 'Exists', tolerationSeconds: 5 }]);
		expect(template.spec!.volumes!.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? [])).toEqual([
			'plant-data',
			'recipes.v1',
		]);
		const [container] = template.spec!.containers;
		expect(container).toMatchObject({
			imagePullPolicy: 'Always',
			resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '1Gi' } },
		});
		expect(container!.volumeMounts!.filter(({ name }) => name.startsWith('claim-'))).toEqual([
			{ name: 'claim-0', mountPath: '/data' },
			{ name: 'claim-0', mountPath: '/old', readOnly: true },
			{ name: 'claim-1', mountPath: '/recipes', readOnly: true },
		]);
	});

	it('mounts each part of the flows under its number', () => {
		const { projected } = pod.volumes!.find(({ name }) => name === 'flows')!;
		expect(projected!.sources).toEqual([
			{ configMap: { name: 'flowferry-production-blue-flows-0', items: [{ key: 'flows', path: '0/flows' }] } },
			{ configMap: { name: 'flowferry-production-blue-flows-1', items: [{ key: 'flows', path: '1/flows' }] } },
		]);
	});

	it('gives each gateway its own Node-RED to begin with', () => {
		const { data } = gatewayConfigMap(place(), kubernetesEnvironment('mode: hot-spare, instances: 2'), 'green');
		expect(Object.keys(data!)).toEqual(['0.json', '1.json']);
		expect(JSON.parse(data!['1.json']!)).toMatchObject({
			port: 1880,
			controlPort: 1878,
			traffic: { state: 'flowing', upstreams: [{ instance: 'green/1', url: 'http://127.0.0.1:1881' }] },
		});
	});
});

describe('flows in ConfigMaps', () => {
	it.each([5 * MIB, 1000, 0])('of %i bytes that hardly get smaller: each is below 1 MiB, and together they are the same', (bytes) => {
		const flows = flowsOf(bytes);
		const chunks = chunksOf(flows);
		const maps = flowMaps(place(), slotRelease, chunks);
		expect(maps.length).toBe(chunks.length);
		for (const map of maps) expect(JSON.stringify(map).length).toBeLessThanOrEqual(MIB + 1024);
		for (const map of maps) expect(Buffer.from(map.binaryData!.flows!, 'base64').length).toBeLessThanOrEqual(768 * 1024);
		expect(joinChunks(maps.map(({ binaryData }) => Buffer.from(binaryData!.flows!, 'base64')))).toBe(JSON.stringify(flows));
	});

	it('are several where they are large', () => {
		expect(chunksOf(flowsOf(5 * MIB)).length).toBeGreaterThan(2);
	});

	it('cannot be joined where one is missing or damaged', () => {
		const chunks = chunksOf(flowsOf(5 * MIB));
		expect(() => joinChunks(chunks.slice(0, -1))).toThrow('unexpected end of file');
		const damaged = chunks.map((chunk) => Buffer.from(chunk));
		damaged[1]![17]! ^= 255;
		expect(() => joinChunks(damaged)).toThrow();
	});
});

it('the configuration of a slot is in its Secret, whatever characters it has', () => {
	const secret = configSecret(place(), slotRelease, ['{"a":"ü"}', '{}'], { 'settings.cjs': 'module.exports = {}' });
	expect(Object.keys(secret.data!)).toEqual(['0.json', '1.json', 'settings.cjs']);
	expect(Buffer.from(secret.data!['0.json']!, 'base64').toString()).toBe('{"a":"ü"}');
});
