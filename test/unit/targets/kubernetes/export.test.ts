import { parseAllDocuments } from 'yaml';
import { renderManifests } from '../../../../src/lib/targets/kubernetes/export/export-kubernetes.ts';
import { kubernetesEnvironment } from '../../../support/kubernetes-environment.ts';
import { sampleSnapshot } from '../../../support/snapshots.ts';

const render = (keys: string) => {
	const { files } = renderManifests({
		...{ environment: kubernetesEnvironment(keys), namespace: 'plant', version: '1.20', withOverlay: false },
		...{ snapshot: sampleSnapshot(), image: 'registry.example/plant:7', redact: (text: string) => text },
	});
	const objects = (path: string) =>
		parseAllDocuments(files.find((file) => file.path === path)?.text ?? '').map((document) => document.toJS());
	return { paths: files.map(({ path }) => path), objects };
};

describe('the manifests of an environment whose number of pods follows the load', () => {
	it('have its autoscalers in a file of their own, which the others know of', () => {
		const { paths, objects } = render('mode: load-balanced, instances: 3, kubernetes: { autoscale: { from: 2, cpu: 70 } }');
		expect(paths).toContain('autoscaler.yaml');
		expect(objects('kustomization.yaml')[0].resources).toContain('autoscaler.yaml');
		expect(objects('autoscaler.yaml').map(({ kind, spec }) => [kind, spec.minReplicas, spec.maxReplicas])).toEqual([
			['HorizontalPodAutoscaler', 2, 3],
			['HorizontalPodAutoscaler', 2, 3],
		]);
	});

	it.each([
		['leave the number of pods to what scales them', 'kubernetes: { autoscale: { from: 2, cpu: 70 } }', undefined],
		["leave it to somebody else's", 'kubernetes: { autoscale: { from: 2 } }', undefined],
		['say it where it is fixed', 'port: 80', 3],
	])('%s', (_, keys, replicas) => {
		const [set] = render(`mode: load-balanced, instances: 3, ${keys}`).objects('slot/stateful-set.yaml');
		expect(set.kind).toBe('StatefulSet');
		expect(set.spec.replicas).toBe(replicas);
	});

	it('have no such file where nothing is to be scaled', () => {
		expect(render('mode: load-balanced, instances: 3').paths).not.toContain('autoscaler.yaml');
	});
});
