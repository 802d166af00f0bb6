import type { NamedEnvironment } from '../config/environment-of.ts';
import { metricsPortOf } from '../config/instance-ports.ts';
import type { SpareKind } from '../failover/spare-kind.ts';
import type { SlotName } from '../promotion/journal.ts';
import type { FailoverConfig, RunnerConfig } from './instance.ts';
import type { Layout } from './layout.ts';

/** What an instance's runner is told of where it runs; the rest follows from its environment. */
export type RunnerPlace = Pick<
	RunnerConfig,
	| 'nodeRedProgram'
	| 'userDir'
	| 'flowsFile'
	| 'settingsFile'
	| 'userSettingsFile'
	| 'agentDir'
	| 'log'
	| 'network'
	| 'failover'
	| 'commands'
	| 'variables'
>;

/** What all instances of a slot get of its flows. */
export type OfFlows = Pick<RunnerConfig, 'credentials' | 'primary' | 'rev'>;

/** What an instance's runner is told. Pure. @param layout as the runner sees it */
export function runnerConfigOf(
	environment: NamedEnvironment,
	layout: Layout,
	{ slot, index }: { slot: SlotName; index: number },
	ofFlows: OfFlows,
	place: RunnerPlace,
): RunnerConfig {
	const { name, mode, instances, context, lease, timeouts, hooks, instanceMetricsPort: metricsBase, editor } = environment;
	const { startMs, stopMs, hungMs, hookMs } = timeouts;
	return {
		...place,
		...ofFlows,
		environment: name,
		instance: `${slot}/${index}`,
		// In hot-spare mode all instances of both slots compete for one seat; else each has its own, which its counterpart takes over.
		seat: mode === 'hot-spare' ? 'active' : `active/${index}`,
		stateFile: layout.stateFile,
		tokenFile: layout.tokenFile,
		context: context.store === 'sqlite' ? { file: layout.contextFile, durability: context.durability } : null,
		addressFile: layout.instance(slot, index).addressFile,
		leaseTiming: lease,
		...{ startMs, stopMs, hungMs },
		metricsPort: metricsBase === undefined ? null : metricsPortOf(metricsBase, instances, slot, index),
		roleHook: hooks.roleChanged ? { command: hooks.roleChanged, timeoutMs: hookMs } : null,
		editor: editor.access === 'off' ? null : { access: editor.access, users: editor.users },
	};
}

/**
 * How an instance becomes active by itself. Pure.
 * @param directory the environment's, as the runner sees it; `layout` is of it
 */
export function failoverConfigOf(
	{ mode, instances, router, webSockets, cutTopic, timeouts, failover }: NamedEnvironment,
	layout: Layout,
	{ slot, spare, directory }: { slot: SlotName; spare: SpareKind; directory: string },
): FailoverConfig {
	return {
		slot,
		spare: mode === 'hot-spare' && instances > 1 ? spare : null,
		traffic: mode === 'hot-spare' ? 'alone' : 'shared',
		cutTopic,
		connectMs: timeouts.connectMs,
		settings: failover,
		membersFolder: layout.slots,
		router: { router, directory, webSockets },
	};
}
