import { mkdir } from 'node:fs/promises';
import { type MonotonicClock, systemClock } from '../../adapters/clock.ts';
import { explainDiskFault } from '../../adapters/disk-fault.ts';
import { linesOfFile } from '../../adapters/lines-of-file.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import { ensureToken } from '../../control/token.ts';
import type { FailoverStore } from '../../failover/failover-store.ts';
import type { LeaseStore } from '../../lease/lease.ts';
import type { PackageSupply } from '../../packages/supply.ts';
import { type Journal, type Side, type SlotName, slotNames, slotOf } from '../../promotion/journal.ts';
import type { PlanMemory } from '../../promotion/plan-memory.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import type { RouterProcess } from '../../routers/router-process.ts';
import { routerProcess } from '../../routers/router-process.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type EnvironmentState, openEnvironmentState } from '../environment-state.ts';
import type { Fault, Injection } from '../fault.ts';
import { fillingOf, ofFlowsOf, unlockSnapshot } from '../filling.ts';
import { type InstanceStatus, stoppedOf } from '../instance.ts';
import type { Layout } from '../layout.ts';
import { layoutOf } from '../layout.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import { parseLogLine } from '../logs.ts';
import { RunnerInstance, runnerByFile } from '../runner-instance.ts';
import type { Progress, Reach, Target } from '../target.ts';
import { allStanding } from '../until-standing.ts';
import { impossible, injectFault } from './inject-fault.ts';
import { findInstalls } from './installs.ts';
import { InstanceProcesses, type InstanceProcessesParts } from './instance-processes.ts';
import { ensureNodeRed, ensurePalette } from './packages.ts';
import { removeEnvironment } from './remove-environment.ts';
import { type SlotFile, SlotFolders } from './slot-folders.ts';

export interface ProcessTargetOptions extends Omit<InstanceProcessesParts, 'layout'> {
	/** Folders in which a `node-red` of the right version may be found, before npm is asked. */
	nearbyNodeReds: string[];
	/** Packages that are at hand without a network. */
	packages: PackageSupply;
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** Instances as processes of this machine, each under a runner of its own that outlives the CLI. */
export class ProcessTarget implements Target {
	readonly journal: Journal;
	readonly leases: LeaseStore;
	readonly audit: AuditLog;
	readonly plans: PlanMemory;
	readonly failover: FailoverStore;
	readonly router: Router;
	readonly image = null;
	readonly impossible = impossible;
	readonly #options: ProcessTargetOptions;
	readonly #layout: Layout;
	readonly #state: EnvironmentState;
	readonly #routerProcess: RouterProcess;
	readonly #slots: SlotFolders;
	readonly #processes: InstanceProcesses;
	#check: () => Promise<void> = async () => {};

	private constructor(options: ProcessTargetOptions, layout: Layout) {
		this.#options = options;
		this.#layout = layout;
		this.#state = openEnvironmentState(layout.stateFile);
		this.journal = this.#state.journal;
		this.leases = this.#state.leases;
		this.failover = this.#state.failover;
		this.audit = this.#state.audit;
		this.plans = this.#state.plans;
		this.#routerProcess = routerProcess(options.environment, options.inherited.PATH ?? '');
		this.router = guardRouter(this.#routerProcess.router, () => this.#check());
		this.#slots = new SlotFolders(layout);
		this.#processes = new InstanceProcesses({ ...options, layout });
	}

	/** Opens an environment, and makes its directory, readable for its owner alone, where there is none yet. */
	static async open(options: ProcessTargetOptions): Promise<ProcessTarget> {
		await mkdir(options.environment.directory, { recursive: true, mode: 0o700 });
		const layout = layoutOf(options.environment.directory);
		await ensureToken(layout.tokenFile);
		return new ProcessTarget(options, layout);
	}

	guard(check: () => Promise<void>): void {
		this.#check = check;
	}

	async instances(slot: SlotName): Promise<RunnerInstance[]> {
		const filled = this.#slots.read(slot);
		return filled ? this.#instancesOf(slot, filled.instances) : [];
	}

	async rev(slot: SlotName): Promise<string | null> {
		return this.#slots.read(slot)?.rev ?? null;
	}

	async unlock(what: Snapshot | SlotName): Promise<void> {
		if (typeof what !== 'string') return await unlockSnapshot(what, this.#options);
		const filled = this.#slots.read(what);
		if (!filled || stoppedOf(await this.#statuses(what, filled)).length === 0) return;
		await ofFlowsOf(filled, this.#slots.flows(what), this.#options);
	}

	async installs({ content }: Snapshot): Promise<string[]> {
		const { environment, nearbyNodeReds } = this.#options;
		return await findInstalls(this.#layout, content, environment.nodeRed === undefined ? nearbyNodeReds : null);
	}

	async prepare(side: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		try {
			await this.#fill(side, snapshot, progress);
		} catch (error) {
			throw await explainDiskFault(error, this.#options.environment.directory);
		}
	}

	async #fill(side: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		const { slot, release } = side;
		const { environment, nearbyNodeReds, packages } = this.#options;
		await this.#check();
		await this.unlock(snapshot);
		const installation = { supply: packages, timeoutMs: environment.timeouts.installMs, progress };
		const palette = await ensurePalette(this.#layout.palettes, snapshot.content.palette, installation);
		const { version } = snapshot.content.nodeRed;
		const nodeRedProgram = await ensureNodeRed(
			{ nodeReds: this.#layout.nodeReds, configured: environment.nodeRed ?? null, nearby: nearbyNodeReds, version },
			installation,
		);
		// From here on what was kept warm is gone; not before, for an install that fails must cost nothing.
		await this.discard(slot);
		const file: SlotFile = { ...fillingOf(side, snapshot, environment.instances), nodeRedProgram };
		await this.#slots.write(slot, file, snapshot.content.flows, palette);
		await this.journal.setSlot(slot, release);
		await this.start(slot, progress);
	}

	async start(slot: SlotName, progress: Progress): Promise<void> {
		await this.#check();
		const filled = this.#slots.read(slot);
		if (!filled) return;
		progress(`${filled.instances} instance${filled.instances === 1 ? '' : 's'} of Node-RED`);
		const instances = this.#instancesOf(slot, filled.instances);
		await allStanding(await this.#statuses(slot, filled), {
			untilStanding: (index) => this.#processes.untilStanding(instances[index] as RunnerInstance, { slot, index }),
			starter: async () => {
				const ofFlows = await ofFlowsOf(filled, this.#slots.flows(slot), this.#options);
				return (index) => this.#processes.start(instances[index] as RunnerInstance, { slot, index }, filled, ofFlows);
			},
		});
	}

	async #statuses(slot: SlotName, { instances }: SlotFile): Promise<(InstanceStatus | null)[]> {
		return await Promise.all(this.#instancesOf(slot, instances).map((instance) => instance.status()));
	}

	async kill(instance: string): Promise<void> {
		await this.#check();
		await this.#processes.kill(instance);
	}

	/** A process that is not there does not answer: that says it all. */
	async oddities(): Promise<string[]> {
		return [];
	}

	async clock(): Promise<MonotonicClock> {
		return systemClock();
	}

	/** As many as were started, and no others. */
	async coming(): Promise<string[]> {
		return [];
	}

	async follow(): Promise<null> {
		return null;
	}

	async inject(name: string, fault: Fault): Promise<Injection> {
		await this.#check();
		const instance = (await this.instances(slotOf(name))).find((each) => each.name === name);
		const place = { addressFile: this.#layout.named(name).addressFile, stateFile: this.#layout.stateFile };
		return await injectFault(fault, name, (await instance?.status()) ?? null, place);
	}

	async *logs(name: string, request: LogRequest): AsyncGenerator<LogLine> {
		for await (const line of linesOfFile(this.#layout.named(name).logFile, request)) yield parseLogLine(name, line);
	}

	async stop(slot: SlotName): Promise<void> {
		await this.#check();
		const filled = this.#slots.read(slot);
		const indexes = Array.from({ length: filled?.instances ?? this.#options.environment.instances }, (_, index) => index);
		await Promise.all(indexes.map((index) => this.#processes.stop({ slot, index })));
	}

	async discard(slot: SlotName): Promise<void> {
		await this.stop(slot);
		await this.#check();
		await this.journal.setSlot(slot, null);
		await this.#slots.remove(slot);
	}

	async reach(url: string): Promise<Reach> {
		return { url, close: () => {} };
	}

	async startRouter(): Promise<void> {
		await this.#check();
		await this.#routerProcess.start();
	}

	async stopRouter(): Promise<void> {
		await this.#check();
		await this.#routerProcess.stop();
	}

	async remove(): Promise<string[]> {
		const { directory } = this.#options.environment;
		await this.stopRouter();
		for (const slot of slotNames) await this.stop(slot);
		await this.#check();
		return await removeEnvironment(directory);
	}

	close(): void {
		this.#state.close();
	}

	#instancesOf(slot: SlotName, count: number): RunnerInstance[] {
		return Array.from({ length: count }, (_, index) => {
			const { addressFile } = this.#layout.instance(slot, index);
			const find = runnerByFile({ addressFile, tokenFile: this.#layout.tokenFile });
			return new RunnerInstance(`${slot}/${index}`, find, this.#options.environment.timeouts.answerMs, () => this.#check());
		});
	}
}
