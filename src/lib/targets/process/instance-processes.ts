import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../adapters/package-root.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { SpareKind } from '../../failover/spare-kind.ts';
import type { SlotName } from '../../promotion/journal.ts';
import { programOf } from '../../routers/open-router.ts';
import type { FailoverConfig, Instance, RunnerConfig } from '../instance.ts';
import type { Layout } from '../layout.ts';
import { failoverConfigOf, type OfFlows, runnerConfigOf, sharedFilesOf } from '../runner-config.ts';
import { killRunner, startRunner, stopRunner, untilStanding } from './runner-process.ts';
import type { SlotFile } from './slot-folders.ts';

export interface InstanceProcessesParts {
	environment: NamedEnvironment;
	layout: Layout;
	/** What an instance inherits of this machine's environment: PATH, HOME, TZ and the like; the configuration's come on top. */
	inherited: Record<string, string>;
	/** Where hooks run: the configuration's folder. */
	folder: string;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
}

/** The processes of an environment's instances: how one is started and ended, and what it is told. */
export class InstanceProcesses {
	readonly #parts: InstanceProcessesParts;

	constructor(parts: InstanceProcessesParts) {
		this.#parts = parts;
	}

	/** Resolves when it stands by. @throws FlowferryError INSTANCE_NOT_STANDING */
	async start(instance: Instance, { slot, index }: { slot: SlotName; index: number }, filled: SlotFile, ofFlows: OfFlows): Promise<void> {
		const { environment, layout } = this.#parts;
		const { addressFile, logFile } = layout.instance(slot, index);
		await mkdir(layout.logs, { recursive: true });
		await this.stop({ slot, index }); // one that does not answer, if any
		const config = this.#runnerConfig(slot, index, filled, ofFlows);
		await startRunner(instance, config, { addressFile, logFile, directory: environment.directory });
	}

	/** @throws FlowferryError INSTANCE_NOT_STANDING */
	async untilStanding(instance: Instance, { slot, index }: { slot: SlotName; index: number }): Promise<void> {
		const { environment, layout } = this.#parts;
		await untilStanding(instance, environment.timeouts.startMs, layout.instance(slot, index));
	}

	async stop({ slot, index }: { slot: SlotName; index: number }): Promise<void> {
		const { environment, layout } = this.#parts;
		await stopRunner(layout.instance(slot, index).addressFile, environment.timeouts.stopMs);
	}

	/** @param instance `blue/0` */
	async kill(instance: string): Promise<void> {
		const { environment, layout } = this.#parts;
		await killRunner(layout.named(instance).addressFile, environment.timeouts.stopMs);
	}

	#runnerConfig(slot: SlotName, index: number, { nodeRedProgram, spare }: SlotFile, ofFlows: OfFlows): RunnerConfig {
		const { environment, layout, inherited, folder, secrets } = this.#parts;
		const { userDir, logFile } = layout.instance(slot, index);
		return runnerConfigOf(environment, { slot, index }, ofFlows, {
			...sharedFilesOf(environment, layout, { slot, index }),
			nodeRedProgram,
			userDir,
			flows: { kind: 'file', path: layout.flowsFile(slot) },
			settingsFile: join(packageRoot(), 'templates', 'settings.cjs'),
			userSettingsFile: environment.settings ?? null,
			agentDir: join(packageRoot(), 'dist', 'agent'),
			log: { kind: 'file', path: logFile },
			network: { kind: 'loopback' },
			failover: this.#failoverOf(slot, spare),
			commands: { folder, variables: inherited, secrets: secrets() },
			variables: { ...inherited, ...environment.variables },
		});
	}

	/** An operator brings processes up again after a reboot; only a spare acts by itself. */
	#failoverOf(slot: SlotName, spare: SpareKind): FailoverConfig | null {
		const { environment, layout } = this.#parts;
		if (environment.mode !== 'hot-spare' || environment.instances < 2) return null;
		return failoverConfigOf(
			environment,
			{ slot, spare },
			{ members: { kind: 'folder', path: layout.slots }, router: programOf(environment) },
		);
	}
}
