import type { V1HorizontalPodAutoscaler, V1NetworkPolicy, V1Service } from '@kubernetes/client-node';
import { lastingObjects, seatLeases, tokenSecret } from '../../../../src/lib/targets/kubernetes/objects/environment-objects.ts';
import { disruptionBudget } from '../../../../src/lib/targets/kubernetes/objects/guards.ts';
import { manifestOf } from '../../../../src/lib/targets/kubernetes/objects/manifest.ts';
import { permissionsOf } from '../../../../src/lib/targets/kubernetes/objects/permissions.ts';
import { statefulSetOf } from '../../../../src/lib/targets/kubernetes/objects/slot-objects.ts';
import { kubernetesEnvironment, place, slotRelease } from '../../../support/kubernetes-environment.ts';

const hotSpare = kubernetesEnvironment('mode: hot-spare, instances: 2');
const balanced = kubernetesEnvironment('mode: load-balanced, instances: 3');

describe('what pods may do at the API server', () => {
	it('is what their work takes, and nothing else', () => {
		const { role, roleBinding, serviceAccount } = permissionsOf(place(), hotSpare);
		const rights = role.rules!.flatMap(({ resources, resourceNames, verbs }) =>
			verbs.map((verb) => `${verb} ${resources!.join()}${resourceNames === undefined ? '' : ` ${resourceNames.join()}`}`),
		);
		const own = 'flowferry-production-blue-0,flowferry-production-blue-1,flowferry-production-green-0,flowferry-production-green-1';
		expect(rights).toEqual([
			'get leases flowferry-production-active',
			'update leases flowferry-production-active',
			'patch leases flowferry-production-active',
			'list leases',
			'watch leases',
			'get pods',
			'list pods',
			'watch pods',
			`patch pods ${own}`,
			'get configmaps flowferry-production-journal',
			'list configmaps flowferry-production-journal',
			'watch configmaps flowferry-production-journal',
		]);
		expect(roleBinding.subjects).toEqual([{ kind: 'ServiceAccount', name: serviceAccount.metadata!.name, namespace: 'plant' }]);
		expect(roleBinding.roleRef.name).toBe(role.metadata!.name);
		expect(serviceAccount.automountServiceAccountToken).toBe(false);
	});

	it('reaches no further where there are more seats', () => {
		const [leases] = permissionsOf(place(), balanced).role.rules!;
		expect(leases!.resourceNames).toEqual([
			'flowferry-production-active-0',
			'flowferry-production-active-1',
			'flowferry-production-active-2',
			'flowferry-production-primary',
		]);
		expect(seatLeases(place(), balanced).map(({ metadata }) => metadata!.name)).toEqual(leases!.resourceNames);
		expect(seatLeases(place(), kubernetesEnvironment('mode: load-balanced, primary: { timers: false }'))).toHaveLength(2);
	});
});

describe('what outlives the releases', () => {
	it('holds no secret, and no state', () => {
		expect(lastingObjects(place(), hotSpare, 'policy/v1').map(({ kind }) => kind)).toEqual([
			'ServiceAccount',
			'Role',
			'RoleBinding',
			'NetworkPolicy',
			'Service',
			'Service',
			'PodDisruptionBudget',
			'PodDisruptionBudget',
		]);
	});

	it('is in its namespace, and bears the labels that Kubernetes recommends', () => {
		for (const { metadata } of [
			...lastingObjects(place(), hotSpare, 'policy/v1'),
			...seatLeases(place(), hotSpare),
			tokenSecret(place(), 't'),
		]) {
			expect(metadata).toMatchObject({
				namespace: 'plant',
				labels: {
					'app.kubernetes.io/name': 'flowferry',
					'app.kubernetes.io/instance': 'flowferry-production',
					'app.kubernetes.io/managed-by': 'flowferry',
					'app.kubernetes.io/component': expect.any(String),
				},
			});
		}
	});

	it('has users come in at the port, of the kind that the configuration says', () => {
		const environment = kubernetesEnvironment(
			'mode: hot-spare, port: 80, kubernetes: { name: plant, service: { type: NodePort, nodePort: 30080, annotations: { a: b } } }',
		);
		const { metadata, spec } = lastingObjects(place(), environment, 'policy/v1').at(-3) as V1Service;
		expect(metadata!.annotations).toEqual({ a: 'b' });
		expect(spec).toEqual({
			type: 'NodePort',
			publishNotReadyAddresses: true,
			selector: { 'app.kubernetes.io/instance': 'flowferry-production', 'flowferry.org/serving': 'true' },
			ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 1880, nodePort: 30080 }],
		});
	});

	it("leaves the control servers to the environment's own pods", () => {
		const policy = manifestOf(lastingObjects(place(), hotSpare, 'policy/v1').find(({ kind }) => kind === 'NetworkPolicy')!);
		const own = { matchLabels: { 'app.kubernetes.io/instance': 'flowferry-production', 'app.kubernetes.io/component': 'instance' } };
		expect(policy.spec).toEqual({
			podSelector: own,
			policyTypes: ['Ingress'],
			ingress: [{ ports: [{ protocol: 'TCP', port: 1880 }] }, { from: [{ podSelector: own }], ports: [{ protocol: 'TCP', port: 1879 }] }],
		});
	});

	it('lets collectors in where there are figures', () => {
		const environment = kubernetesEnvironment('mode: hot-spare, instances: 2, instanceMetricsPort: 9465');
		const [, , , policy] = lastingObjects(place(), environment, 'policy/v1') as [unknown, unknown, unknown, V1NetworkPolicy];
		expect(policy.spec!.ingress![0]!.ports!.map(({ port }) => port)).toEqual([1880, 9465, 9466, 9467, 9468]);
	});

	it.each([
		['mode: hot-spare', 1],
		['mode: hot-spare, instances: 5', 1],
		['mode: hot-spare, instances: 1', 0],
		['mode: load-balanced, instances: 3', 2],
		['mode: load-balanced, instances: 1', 0],
		['mode: load-balanced, instances: 5, kubernetes: { autoscale: { from: 2, cpu: 70 } }', 1],
		['mode: load-balanced, instances: 5, kubernetes: { autoscale: { from: 1 } }', 0],
	])('lets a drain of nodes go on: %s leaves %i', (keys, minAvailable) => {
		const { spec, apiVersion } = disruptionBudget(place(), kubernetesEnvironment(keys), 'green', 'policy/v1beta1');
		expect(spec.minAvailable).toBe(minAvailable);
		expect(apiVersion).toBe('policy/v1beta1');
		// The release that is kept warm is no spare of the one that serves.
		expect(spec.selector!.matchLabels).toMatchObject({ 'flowferry.org/slot': 'green' });
		// Spares count in hot-spare mode; else only those that serve do.
		expect('flowferry.org/serving' in spec.selector!.matchLabels!).toBe(keys.includes('load-balanced'));
	});
});

describe('what says how many pods there are', () => {
	const scaled = kubernetesEnvironment('mode: load-balanced, instances: 5, kubernetes: { autoscale: { from: 2, cpu: 70 } }');
	const autoscalers = (environment: typeof scaled) =>
		lastingObjects(place(), environment, 'policy/v1').filter(({ kind }) => kind === 'HorizontalPodAutoscaler');

	it('is an autoscaler of its own for each slot, of an API that each version serves', () => {
		expect(autoscalers(scaled).map(({ apiVersion, metadata }) => [apiVersion, metadata!.name])).toEqual([
			['autoscaling/v1', 'flowferry-production-blue'],
			['autoscaling/v1', 'flowferry-production-green'],
		]);
		expect((autoscalers(scaled)[1] as V1HorizontalPodAutoscaler).spec).toEqual({
			scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'flowferry-production-green' },
			minReplicas: 2,
			maxReplicas: 5,
			targetCPUUtilizationPercentage: 70,
		});
		const set = statefulSetOf(place(), scaled, { ...slotRelease, slot: 'green' });
		expect(set.metadata!.name).toBe('flowferry-production-green');
		// Of a share of nothing an autoscaler makes no number.
		for (const { resources } of set.spec!.template.spec!.containers) expect(resources!.requests!.cpu).toBeDefined();
	});

	it.each(['mode: load-balanced, instances: 5', 'mode: load-balanced, instances: 5, kubernetes: { autoscale: { from: 2 } }'])(
		'is none of ours where it is fixed, or left to somebody else: %s',
		(keys) => {
			expect(autoscalers(kubernetesEnvironment(keys))).toEqual([]);
		},
	);

	it('makes rights, leases and ports for the most that there may be', () => {
		const { role } = permissionsOf(place(), scaled);
		expect(role.rules![0]!.resourceNames).toContain('flowferry-production-active-4');
		expect(role.rules![3]!.resourceNames).toContain('flowferry-production-green-4');
		expect(seatLeases(place(), scaled)).toHaveLength(6);
	});
});

it('a value is in a Secret alone', () => {
	expect(tokenSecret(place(), 'very-secret').data).toEqual({ token: Buffer.from('very-secret').toString('base64') });
});
