import type { V1Secret } from '@kubernetes/client-node';
import { autoscaleOf } from '../../../config/autoscale.ts';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { resolveSingletons } from '../../../lint/singletons.ts';
import { revOf } from '../../../node-red/rev.ts';
import type { Credentials } from '../../../node-red/sealed-credentials.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { tokenSecret } from '../objects/environment-objects.ts';
import { chunksOf } from '../objects/flow-chunks.ts';
import { gatewayConfigMap } from '../objects/gateway-config.ts';
import { configKey } from '../objects/paths.ts';
import { ordinals, type Place } from '../objects/place.ts';
import { configSecret, flowMaps, statefulSetOf } from '../objects/slot-objects.ts';
import { podConfigOf, SETTINGS_FILE } from '../pod-config.ts';
import { kustomization, type ManifestFile, manifestFile } from './manifests.ts';

/** The pods of one snapshot, as a promotion would make them in a slot. */
export interface SlotExport {
	snapshot: Snapshot;
	image: string;
	/** What no output may repeat stands as `***`. */
	redact: (text: string) => string;
}

/** What somebody has to put in place of placeholders, since no file may hold it. */
export interface SecretToFill {
	/** The Secret's name. */
	secret: string;
	key: string;
	/** What its text has placeholders for: `credentials.b1.password`, `variables.BROKER_PASSWORD`. */
	values: string[];
}

const SLOT = 'blue';
/** What a promotion numbers. */
const NO_RELEASE = 0;

/** @param folder below the export's: `slot`, or `base/production/slot` */
export function slotManifests(
	place: Place,
	environment: NamedEnvironment,
	{ snapshot, image, redact }: SlotExport,
	folder: string,
): { files: ManifestFile[]; fill: SecretToFill[] } {
	const { names } = place;
	const { flows } = snapshot.content;
	const chunks = chunksOf(flows);
	const release = { number: NO_RELEASE, snapshot: snapshot.id, created: snapshot.time };
	const of = { slot: SLOT, release } as const;
	const hidden = hide(environment, snapshot, redact);
	const ofFlows = {
		rev: revOf(flows),
		credentials: hidden.credentials,
		primary: environment.primary && resolveSingletons(flows, environment.primary),
	};
	const configs = ordinals(environment.instances).map((index) =>
		redact(JSON.stringify(podConfigOf(hidden.environment, place, { slot: SLOT, index, spare: environment.spare }, ofFlows, []), null, 2)),
	);
	const settings = environment.settings === undefined ? {} : { [SETTINGS_FILE]: `<the text of ${SETTINGS_FILE}>` };
	const stringData = { ...Object.fromEntries(configs.map((text, index) => [configKey(index), text])), ...settings };
	const fill: SecretToFill[] = [
		{ secret: names.token, key: 'token', values: ['token'] },
		...configs.map((text, index) => ({ secret: names.slot(SLOT), key: configKey(index), values: placeholdersIn(text) })),
		...Object.keys(settings).map((key) => ({ secret: names.slot(SLOT), key, values: [key] })),
	];
	const templates = [template(tokenSecret(place, ''), { token: '<token>' }), template(configSecret(place, of, []), stringData)];
	// Whoever applies such a file once more would undo what an autoscaler has chosen.
	const replicas = autoscaleOf(environment) ? null : environment.instances;
	const set = statefulSetOf(place, environment, { ...of, image, flowChunks: chunks.length, replicas });
	return {
		files: [
			kustomization(folder, ['flows.yaml', 'gateway.yaml', 'stateful-set.yaml'], head(environment.name)),
			manifestFile(folder, 'flows.yaml', flowMaps(place, of, chunks)),
			manifestFile(folder, 'gateway.yaml', [gatewayConfigMap(place, environment, SLOT)]),
			manifestFile(folder, 'stateful-set.yaml', [set]),
			manifestFile(folder, 'secrets.template.yaml', templates, secretsHead),
		],
		fill,
	};
}

/** A Secret with texts in place of values. */
function template({ data: _, ...secret }: V1Secret, stringData: Record<string, string>): V1Secret {
	return { ...secret, stringData };
}

/** Placeholders for what is known to be secret. */
function hide(
	environment: NamedEnvironment,
	{ content }: Snapshot,
	redact: (text: string) => string,
): { environment: NamedEnvironment; credentials: Credentials } {
	const variables = Object.entries(environment.variables).map(([name, value]) => [
		name,
		redact(value) === value ? value : `<variables.${name}>`,
	]);
	const held = Object.entries(content.credentials ?? {}).map(([id, { names }]) => [id, names] as const);
	const given = Object.entries(environment.credentials).map(([id, fields]) => [id, Object.keys(fields)] as const);
	const credentials: Record<string, Record<string, string>> = {};
	for (const [id, names] of [...held, ...given]) {
		const fields = names.map((name) => [name, `<credentials.${id}.${name}>`]);
		credentials[id] = { ...credentials[id], ...Object.fromEntries(fields) };
	}
	return { environment: { ...environment, variables: Object.fromEntries(variables) }, credentials };
}

function placeholdersIn(text: string): string[] {
	const named = [...text.matchAll(/"<((?:variables|credentials)\.[^>"]+)>"/g)].map(([, name]) => name as string);
	return [...new Set(named), ...(text.includes('***') ? ['***'] : [])];
}

const head = (
	name: string,
) => `# The pods of one snapshot, as a promotion to ${name} would make them: to review, to check against a cluster's policies, to compare. They
# need the Secrets of secrets.template.yaml first. Of pods that were applied by hand flowferry knows nothing: no release is noted, and
# the next promotion to this slot replaces them. \`flowferry promote ${name}\` makes all of this by itself, Secrets included.
`;

const secretsHead = `# Without values: fill in what stands in <...> (and where a text has ***), as a sealed secret or by an operator for external secrets.
# It is not among the resources of kustomization.yaml, so that no placeholder gets into a cluster.
`;
