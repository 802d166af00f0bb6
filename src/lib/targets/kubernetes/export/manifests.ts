import type { KubernetesObject } from '@kubernetes/client-node';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { yamlText } from '../../../config/yaml-text.ts';
import { lastingObjects } from '../objects/environment-objects.ts';
import type { BudgetVersion } from '../objects/guards.ts';
import { manifestOf } from '../objects/manifest.ts';
import type { Place } from '../objects/place.ts';
import { previewService } from '../objects/services.ts';

/** An environment as files for `kubectl apply -k` and what works like it. Pure. */

export interface ManifestFile {
	/** Below the folder of the export. */
	path: string;
	text: string;
	/** Whose it is: `user`: written once, and theirs to change. */
	owner: 'flowferry' | 'user';
}

const FILES: Record<string, string> = {
	ServiceAccount: 'permissions.yaml',
	Role: 'permissions.yaml',
	RoleBinding: 'permissions.yaml',
	NetworkPolicy: 'network-policy.yaml',
	Service: 'services.yaml',
	PodDisruptionBudget: 'disruption-budget.yaml',
	HorizontalPodAutoscaler: 'autoscaler.yaml',
};

/**
 * What outlives an environment's releases.
 * @param folder below the export's: `''`, or `base/production`
 */
export function lastingManifests(place: Place, environment: NamedEnvironment, budget: BudgetVersion, folder: string): ManifestFile[] {
	const objects = [...lastingObjects(place, environment, budget), previewService(place, environment, 'blue')];
	const byFile = Map.groupBy(objects, ({ kind }) => FILES[kind as string] as string);
	return [
		kustomization(folder, [...byFile.keys()], baseHead(environment.name)),
		...[...byFile].map(([name, of]) => manifestFile(folder, name, of)),
	];
}

const baseHead = (
	name: string,
) => `# What outlives the releases of ${name}: written by \`flowferry export kubernetes ${name}\`, and to be written anew after an update of flowferry
# or a change of its configuration. \`flowferry promote ${name}\` applies the same objects server-side as the field manager \`flowferry\`, with
# force: what these files say is flowferry's, and what they do not say (an annotation, a label, a finalizer) stays as others set it.
# State (Leases, ConfigMaps), Secrets and pods are not here: promotions make and keep them. Have a tool that prunes leave alone what has the
# label app.kubernetes.io/managed-by=flowferry and is not in its files.
`;

/** The user's own folder, which takes the exported one over. */
export function overlay({ name: environment }: Pick<NamedEnvironment, 'name'>, service: string): ManifestFile {
	const folder = `overlays/${environment}`;
	const text = `# Yours: flowferry writes it once. What differs here from the base, as patches; leave selectors, names and the Role as they are.
${yamlText({ apiVersion: KUSTOMIZE, kind: 'Kustomization', resources: [`../../base/${environment}`] })}# patches:
#   - target: { kind: Service, name: ${service} }
#     patch: |-
#       - { op: add, path: /metadata/annotations, value: { external-dns.alpha.kubernetes.io/hostname: ${environment}.example } }
`;
	return { path: `${folder}/kustomization.yaml`, text, owner: 'user' };
}

const KUSTOMIZE = 'kustomize.config.k8s.io/v1beta1';

export function kustomization(folder: string, resources: readonly string[], head: string): ManifestFile {
	const text = `${head}${yamlText({ apiVersion: KUSTOMIZE, kind: 'Kustomization', resources })}`;
	return { path: within(folder, 'kustomization.yaml'), text, owner: 'flowferry' };
}

export function manifestFile(folder: string, name: string, objects: readonly KubernetesObject[], head = ''): ManifestFile {
	const text = `${head}${objects.map((object) => yamlText(manifestOf(object))).join('---\n')}`;
	return { path: within(folder, name), text, owner: 'flowferry' };
}

function within(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}
