import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../adapters/atomic-file.ts';
import { type MonotonicClock, systemClock } from '../../adapters/clock.ts';
import { explainDiskFault } from '../../adapters/disk-fault.ts';
import { linesOfFile } from '../../adapters/lines-of-file.ts';
import { packageRoot } from '../../adapters/package-root.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import { ensureToken } from '../../control/token.ts';
import type { FailoverStore } from '../../failover/failover-store.ts';
import type { SpareKind } from '../../failover/spare-kind.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { LeaseStore } from '../../lease/lease.ts';
import { resolveSingletons } from '../../lint/singletons.ts';
import { revOf } from '../../node-red/rev.ts';
import type { Credentials } from '../../node-red/sealed-credentials.ts';
import type { PackageSupply } from '../../packages/supply.ts';
import { type Journal, type Release, type Side, type SlotName, slotNames, slotOf } from '../../promotion/journal.ts';
import type { PlanMemory } from '../../promotion/plan-memory.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import type { RouterProcess } from '../../routers/router-process.ts';
import { routerProcess } from '../../routers/router-process.ts';
import type { HeldCredentials } from '../../snapshot/sealing/held.ts';
import { heldBy } from '../../snapshot/sealing/held.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type EnvironmentState, openEnvironmentState } from '../environment-state.ts';
import type { Fault, Injection } from '../fault.ts';
import type { FailoverConfig, RunnerConfig } from '../instance.ts';
import { instanceCredentials } from '../instance-credentials.ts';
import type { Layout } from '../layout.ts';
import { layoutOf } from '../layout.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import { parseLogLine } from '../logs.ts';
import { failoverConfigOf, type OfFlows, runnerConfigOf } from '../runner-config.ts';
import { RunnerInstance } from '../runner-instance.ts';
import type { Progress, Reach, Target } from '../target.ts';
import { impossible, injectFault } from './inject-fault.ts';
import { findInstalls } from './installs.ts';
import { ensureNodeRed, ensurePalette } from './packages.ts';
import { removeEnvironment } from './remove-environment.ts';
import { killRunner, startRunner, stopRunner } from './runner-process.ts';

export interface ProcessTargetOptions {
	environment: NamedEnvironment;
	/** Folders in which a `node-red` of the right version may be found, before npm is asked. */
	nearbyNodeReds: string[];
	/** Packages that are at hand without a network. */
	packages: PackageSupply;
	/** What an instance inherits of this machine's environment: PATH, HOME, TZ and the like; the configuration's come on top. */
	inherited: Record<string, string>;
	/** Where hooks run: the configuration's folder. */
	folder: string;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** What a filled slot runs. */
interface SlotFile {
	release: Release;
	nodeRedProgram: string;
	instances: number;
	spare: SpareKind;
	/** The release's own, sealed as in the store: starting a slot again must not need the store. Absent where there are none. */
	credentials?: HeldCredentials;
	/** Of the release's flows. */
	rev: string;
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
		const filled = this.#readSlot(slot);
		return filled ? this.#instancesOf(slot, filled.instances) : [];
	}

	async unlock(what: Snapshot | SlotName): Promise<void> {
		if (typeof what !== 'string') await this.#credentialsOf(what.content.flows, heldBy(what));
		else await this.#unlockSlot(what);
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

	async #fill({ slot, release, spare = 'warm' }: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
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
		const { instances } = environment;
		for (let index = 0; index < instances; index++) {
			await fillUserDir(this.#layout.instance(slot, index).userDir, palette);
		}
		await writeFile(this.#layout.flowsFile(slot), JSON.stringify(snapshot.content.flows), { mode: 0o600 });
		const rev = revOf(snapshot.content.flows);
		const held = heldBy(snapshot);
		const file: SlotFile = { release, nodeRedProgram, instances, spare, rev, ...(held && { credentials: held }) };
		// The file comes last: what lacks it was never finished.
		await replaceFile(this.#layout.slotFile(slot), JSON.stringify(file));
		await this.journal.setSlot(slot, release);
		await this.start(slot, progress);
	}

	async start(slot: SlotName, progress: Progress): Promise<void> {
		await this.#check();
		const filled = this.#readSlot(slot);
		if (!filled) return;
		await mkdir(this.#layout.logs, { recursive: true });
		progress(`${filled.instances} instance${filled.instances === 1 ? '' : 's'} of Node-RED`);
		const stopped = await this.#stopped(slot, filled);
		if (stopped.length === 0) return;
		const { primary } = this.#options.environment;
		const flows = readFlows(this.#layout.flowsFile(slot));
		const ofFlows = {
			credentials: await this.#credentialsOf(flows, filled.credentials ?? null),
			primary: primary && resolveSingletons(flows, primary),
			rev: filled.rev,
		};
		await Promise.all(
			stopped.map(async ({ instance, index }) => {
				const { addressFile, logFile } = this.#layout.instance(slot, index);
				await stopRunner(addressFile, this.#options.environment.timeouts.stopMs); // one that does not answer, if any
				await startRunner(instance, this.#runnerConfig(slot, index, filled, ofFlows), logFile);
			}),
		);
	}

	/** The instances of a slot that do not run, or are about to end. */
	async #stopped(slot: SlotName, { instances }: SlotFile): Promise<{ instance: RunnerInstance; index: number }[]> {
		const all = this.#instancesOf(slot, instances).map((instance, index) => ({ instance, index }));
		const states = await Promise.all(all.map(({ instance }) => instance.status()));
		return all.filter(({ index }) => !states[index] || states[index]?.state === 'stopping');
	}

	async #unlockSlot(slot: SlotName): Promise<void> {
		const filled = this.#readSlot(slot);
		if (!filled || (await this.#stopped(slot, filled)).length === 0) return;
		await this.#credentialsOf(readFlows(this.#layout.flowsFile(slot)), filled.credentials ?? null);
	}

	async #credentialsOf(flows: readonly FlowNode[], held: HeldCredentials | null): Promise<Credentials> {
		const { environment, vault } = this.#options;
		return await instanceCredentials(flows, held, environment.credentials, vault.open);
	}

	async kill(instance: string): Promise<void> {
		await this.#check();
		await killRunner(this.#layout.named(instance).addressFile, this.#options.environment.timeouts.stopMs);
	}

	/** A process that is not there does not answer: that says it all. */
	async oddities(): Promise<string[]> {
		return [];
	}

	async clock(): Promise<MonotonicClock> {
		return systemClock();
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
		const filled = this.#readSlot(slot);
		const { instances, timeouts } = this.#options.environment;
		const indexes = Array.from({ length: filled?.instances ?? instances }, (_, index) => index);
		await Promise.all(indexes.map((index) => stopRunner(this.#layout.instance(slot, index).addressFile, timeouts.stopMs)));
	}

	async discard(slot: SlotName): Promise<void> {
		await this.stop(slot);
		await this.#check();
		await this.journal.setSlot(slot, null);
		await rm(this.#layout.slotFile(slot), { force: true });
		await rm(this.#layout.slot(slot), { recursive: true, force: true });
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
			const files = { addressFile, tokenFile: this.#layout.tokenFile };
			return new RunnerInstance(`${slot}/${index}`, files, this.#options.environment.timeouts.answerMs, () => this.#check());
		});
	}

	#runnerConfig(slot: SlotName, index: number, { nodeRedProgram, spare }: SlotFile, ofFlows: OfFlows): RunnerConfig {
		const { environment, inherited, folder, secrets } = this.#options;
		const { userDir, logFile } = this.#layout.instance(slot, index);
		return runnerConfigOf(environment, this.#layout, { slot, index }, ofFlows, {
			nodeRedProgram,
			userDir,
			flowsFile: this.#layout.flowsFile(slot),
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
		const { environment } = this.#options;
		if (environment.mode !== 'hot-spare' || environment.instances < 2) return null;
		return failoverConfigOf(environment, this.#layout, { slot, spare, directory: environment.directory });
	}

	/** At once, like an instance's address: several times while nothing serves. */
	#readSlot(slot: SlotName): SlotFile | null {
		try {
			return JSON.parse(readFileSync(this.#layout.slotFile(slot), 'utf8')) as SlotFile;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
	}
}

function readFlows(flowsFile: string): FlowNode[] {
	return JSON.parse(readFileSync(flowsFile, 'utf8')) as FlowNode[];
}

/** All that an instance needs but its flows and credentials, which its runner brings before each start. */
async function fillUserDir(userDir: string, palette: string): Promise<void> {
	await mkdir(userDir, { recursive: true, mode: 0o700 });
	await cp(join(palette, 'package.json'), join(userDir, 'package.json'));
	await symlink(join(palette, 'node_modules'), join(userDir, 'node_modules'), 'dir');
}
