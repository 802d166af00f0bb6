import type { NamedEnvironment } from '../config/environment-of.ts';
import { metricsPortOf } from '../config/instance-ports.ts';
import type { SpareKind } from '../failover/spare-kind.ts';
import type { SlotName } from '../promotion/journal.ts';
import type { RouterPlace } from '../routers/open-router.ts';
import type { FailoverConfig, MembersPlace, RunnerConfig } from './instance.ts';
import type { Layout } from './layout.ts';

/** What an instance's runner is told of where it runs; the rest follows from its environment. */
export type RunnerPlace = Pick<
	RunnerConfig,
	| 'nodeRedProgram'
	| 'userDir'
	| 'flows'
	| 'settingsFile'
	| 'userSettingsFile'
	| 'agentDir'
	| 'log'
	| 'network'
	| 'failover'
	| 'commands'
	| 'variables'
> &
	SharedPlaces;

/** Where an instance finds what all of its environment share, and they find it. */
export type SharedPlaces = Pick<RunnerConfig, 'state' | 'tokenFile' | 'context' | 'addressFile'>;

/** What all instances of a slot get of its flows. */
export type OfFlows = Pick<RunnerConfig, 'credentials' | 'primary' | 'rev'>;

/** Where instances that see the same files share what they do. Pure. @param layout as the runner sees it */
export function sharedFilesOf(
	{ context }: NamedEnvironment,
	layout: Layout,
	{ slot, index }: { slot: SlotName; index: number },
): SharedPlaces {
	return {
		state: { kind: 'file', path: layout.stateFile },
		tokenFile: layout.tokenFile,
		context: context.store === 'sqlite' ? { file: layout.contextFile, durability: context.durability } : null,
		addressFile: layout.instance(slot, index).addressFile,
	};
}

/** What an instance's runner is told. Pure. */
export function runnerConfigOf(
	environment: NamedEnvironment,
	{ slot, index }: { slot: SlotName; index: number },
	ofFlows: OfFlows,
	place: RunnerPlace,
): RunnerConfig {
	const { name, mode, instances, lease, timeouts, hooks, instanceMetricsPort: metricsBase, editor } = environment;
	const { startMs, stopMs, hungMs, hookMs } = timeouts;
	return {
		...place,
		...ofFlows,
		environment: name,
		instance: `${slot}/${index}`,
		// In hot-spare mode all instances of both slots compete for one seat; else each has its own, which its counterpart takes over.
		seat: mode === 'hot-spare' ? 'active' : `active/${index}`,
		leaseTiming: lease,
		...{ startMs, stopMs, hungMs },
		metricsPort: metricsBase === undefined ? null : metricsPortOf(metricsBase, instances, slot, index),
		roleHook: hooks.roleChanged ? { command: hooks.roleChanged, timeoutMs: hookMs } : null,
		editor: editor.access === 'off' ? null : { access: editor.access, users: editor.users },
	};
}

/** How an instance becomes active by itself. Pure. @param world as the runner sees it */
export function failoverConfigOf(
	{ mode, instances, cutTopic, timeouts, failover }: NamedEnvironment,
	{ slot, spare }: { slot: SlotName; spare: SpareKind },
	world: { members: MembersPlace; router: RouterPlace },
): FailoverConfig {
	return {
		...world,
		slot,
		spare: mode === 'hot-spare' && instances > 1 ? spare : null,
		traffic: mode === 'hot-spare' ? 'alone' : 'shared',
		cutTopic,
		connectMs: timeouts.connectMs,
		settings: failover,
	};
}
