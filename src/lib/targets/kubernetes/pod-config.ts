import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { SpareKind } from '../../failover/spare-kind.ts';
import type { SlotName } from '../../promotion/journal.ts';
import type { RunnerConfig } from '../instance.ts';
import { failoverConfigOf, type OfFlows, runnerConfigOf } from '../runner-config.ts';
import { paths } from './objects/paths.ts';
import type { Place } from './objects/place.ts';

/** Of the user's own settings, beside the runners' configuration. */
export const SETTINGS_FILE = 'settings.cjs';
/** Node-RED keeps its files where the image has the palette. */
const USER_DIR = '/flowferry/palette';

/** What the runner of a pod is told. Pure. */
export function podConfigOf(
	environment: NamedEnvironment,
	{ names, namespace }: Place,
	{ slot, index, spare }: { slot: SlotName; index: number; spare: SpareKind },
	ofFlows: OfFlows,
	secrets: readonly string[],
): RunnerConfig {
	const cluster = { kind: 'cluster', prefix: names.prefix } as const;
	return runnerConfigOf(environment, { slot, index }, ofFlows, {
		nodeRedProgram: '/usr/src/node-red/node_modules/node-red/red.js',
		userDir: USER_DIR,
		flows: { kind: 'chunks', folder: paths.flows },
		settingsFile: '/flowferry/templates/settings.cjs',
		userSettingsFile: environment.settings === undefined ? null : `${paths.config}/${SETTINGS_FILE}`,
		agentDir: '/flowferry/dist/agent',
		log: { kind: 'stdout', where: `kubectl logs -n ${namespace} ${names.pod(`${slot}/${index}`)} -c node-red` },
		network: { kind: 'pod' },
		state: cluster,
		tokenFile: paths.tokenFile,
		context: null,
		addressFile: null,
		failover: failoverConfigOf(environment, { slot, spare }, { members: cluster, router: { router: 'service' } }),
		// The runner adds what its container has of the image: where programs are.
		commands: { folder: USER_DIR, variables: {}, secrets },
		variables: environment.variables,
	});
}
