import { type KubernetesObject, PatchStrategy } from '@kubernetes/client-node';
import type { Cluster } from '../../src/lib/kubernetes/cluster.ts';
import { FIELD_MANAGER } from '../../src/lib/kubernetes/names.ts';
import { lastingObjects, seatLeases, tokenSecret } from '../../src/lib/targets/kubernetes/objects/environment-objects.ts';
import { chunksOf } from '../../src/lib/targets/kubernetes/objects/flow-chunks.ts';
import { gatewayConfigMap } from '../../src/lib/targets/kubernetes/objects/gateway-config.ts';
import { previewService } from '../../src/lib/targets/kubernetes/objects/services.ts';
import { configSecret, flowMaps, statefulSetOf } from '../../src/lib/targets/kubernetes/objects/slot-objects.ts';
import { describeWithKubernetes, makeNamespace } from '../support/describe-with-kubernetes.ts';
import { kubernetesEnvironment, place, slotRelease } from '../support/kubernetes-environment.ts';

describeWithKubernetes("an environment's objects", () => {
	let cluster: Cluster;
	let remove: () => Promise<void>;
	beforeAll(async () => {
		({ cluster, remove } = await makeNamespace());
	});
	afterAll(() => remove());

	const dryRun = (object: KubernetesObject) =>
		cluster.objects.patch(object, undefined, 'All', FIELD_MANAGER, true, PatchStrategy.ServerSideApply);

	it.each([
		'mode: hot-spare',
		'mode: load-balanced, instances: 3',
		'mode: load-balanced, instances: 3, kubernetes: { autoscale: { from: 1, cpu: 50 } }',
		'mode: hot-spare, kubernetes: { service: { type: NodePort, nodePort: 30481, annotations: { a: b } }, pullSecrets: [s], nodeSelector: { a: b }, tolerations: [{ key: a, effect: NoExecute, value: b, tolerationSeconds: 9 }, { operator: Exists }], annotations: { c: d }, volumes: ["data:/data", "data:/again:ro"] }',
	])('are such as the API server accepts: %s', async (keys) => {
		const environment = kubernetesEnvironment(keys);
		const at = place(cluster.namespace);
		const chunks = chunksOf([{ id: 'a', type: 'tab' }]);
		const objects = [
			...lastingObjects(at, environment, 'policy/v1beta1'),
			previewService(at, environment, 'green'),
			...seatLeases(at, environment),
			tokenSecret(at, 'a-token'),
			statefulSetOf(at, environment, slotRelease),
			...flowMaps(at, slotRelease, chunks),
			configSecret(at, slotRelease, ['{}', '{}'], { 'settings.cjs': 'module.exports = {};' }),
			gatewayConfigMap(at, environment, 'blue'),
		];
		for (const object of objects) {
			const answer = await dryRun(object);
			// Nothing of it was unknown to the server, and dropped.
			expect(answer).toMatchObject(object);
		}
	});
});
