import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { SpareKind } from '../../failover/spare-kind.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { ENVIRONMENT_FOLDER } from '../../keeper/folders.ts';
import { remoteKeeper } from '../../keeper/remote.ts';
import { resolveSingletons } from '../../lint/singletons.ts';
import { revOf } from '../../node-red/rev.ts';
import type { Credentials } from '../../node-red/sealed-credentials.ts';
import type { PackageSupply } from '../../packages/supply.ts';
import { type Release, type Side, type SlotName, slotOf } from '../../promotion/journal.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import { type HeldCredentials, heldBy } from '../../snapshot/sealing/held.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Fault, Injection } from '../fault.ts';
import type { FailoverConfig, Instance, RunnerConfig } from '../instance.ts';
import { standing } from '../instance.ts';
import { instanceCredentials } from '../instance-credentials.ts';
import { layoutOf } from '../layout.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import { parseLogLine } from '../logs.ts';
import { type OfFlows, runnerConfigOf } from '../runner-config.ts';
import type { Progress, Target } from '../target.ts';
import { CONFIG_FILE, instanceOptions, keeperOptions, labelsOf, SETTINGS_FILE, USER, USER_DIR } from './container-options.ts';
import { Containers } from './containers.ts';
import { dockerInstance } from './docker-instance.ts';
import { emptyKeeper } from './empty-keeper.ts';
import type { Engine } from './engine.ts';
import { baseImage } from './image/base-image.ts';
import { checkImage } from './image/check-image.ts';
import { pruneImages } from './image/prune-images.ts';
import { ensureReleaseImage } from './image/release-image.ts';
import { ensureRuntimeImage } from './image/runtime-image.ts';
import { injectFault } from './inject-fault.ts';
import { KeeperLink } from './keeper-link.ts';
import { aliasOf, label, type Names, namesOf } from './names.ts';
import { RouterContainer } from './router-container.ts';

export interface DockerTargetOptions {
	environment: NamedEnvironment;
	engine: Engine;
	/** Packages that are at hand without a network. */
	packages: PackageSupply;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
	redact: (text: string) => string;
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
	/** One that was built elsewhere, for the snapshot that is promoted; undefined: it is built here. */
	image?: string | undefined;
}

/** What a filled slot runs. */
interface SlotFile {
	release: Release;
	/** Its id. */
	image: string;
	instances: number;
	spare: SpareKind;
	/** The release's own, sealed as in the store: starting a slot again must not need the store. Absent where there are none. */
	credentials?: HeldCredentials;
	/** Of the release's flows. */
	rev: string;
}

/** Of a runner and its Node-RED, in each container alike. */
const CONTROL_PORT = 1879;
const HTTP_PORT = 1880;
const POLL_MS = 25;
/** Of an instance that is gone, so much of its log is kept. */
const KEPT_LOG_LINES = 2000;

/** Instances as containers of a Docker Engine. Everything that an environment remembers is with the engine, in a volume. */
export class DockerTarget implements Target {
	readonly journal;
	readonly leases;
	readonly failover;
	readonly audit;
	readonly plans;
	readonly router: Router;
	readonly impossible = {};
	readonly #options: DockerTargetOptions;
	readonly #names: Names;
	readonly #containers: Containers;
	readonly #link: KeeperLink;
	readonly #keeper: KeeperApi;
	readonly #empty = emptyKeeper();
	readonly #router: RouterContainer;
	#check: () => Promise<void> = async () => {};

	constructor(options: DockerTargetOptions) {
		const { environment, engine } = options;
		this.#options = options;
		this.#names = namesOf(environment);
		this.#containers = new Containers(engine);
		this.#link = new KeeperLink({
			containers: this.#containers,
			name: this.#names.keeper,
			webSockets: environment.webSockets,
			ensure: () => this.#ensureKeeper(),
			empty: this.#empty,
		});
		this.#keeper = remoteKeeper((part, call, args) => this.#link.call(part, call, args));
		this.journal = this.#keeper.journal;
		this.leases = { ...this.#keeper.leases, close: () => {} };
		this.failover = this.#keeper.failover;
		this.audit = this.#keeper.audit;
		this.plans = this.#keeper.plans;
		this.#router = new RouterContainer(environment, this.#names, this.#containers, this.#keeper);
		this.router = guardRouter(this.#keeper.router, () => this.#check());
	}

	guard(check: () => Promise<void>): void {
		this.#check = check;
	}

	async instances(slot: SlotName): Promise<Instance[]> {
		const filled = await this.#readSlot(slot);
		return filled ? this.#instancesOf(slot, filled.instances) : [];
	}

	async unlock(what: Snapshot | SlotName): Promise<void> {
		if (typeof what !== 'string') {
			await this.#credentialsOf(what.content.flows, heldBy(what));
			return;
		}
		const filled = await this.#readSlot(what);
		if (!filled || (await this.#stopped(what, filled)).length === 0) return;
		await this.#credentialsOf(await this.#flowsOf(what), filled.credentials ?? null);
	}

	async installs({ content: { palette } }: Snapshot): Promise<string[]> {
		return this.#options.image === undefined ? palette.map(({ name, version }) => `${name}@${version}`) : [];
	}

	async prepare({ slot, release, spare = 'warm' }: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		const { environment } = this.#options;
		await this.#check();
		await this.unlock(snapshot);
		const { id: image } = await this.#imageOf(snapshot, progress);
		// From here on what was kept warm is gone; not before, for an image that fails must cost nothing.
		await this.discard(slot);
		const held = heldBy(snapshot);
		const { instances } = environment;
		const rev = revOf(snapshot.content.flows);
		const file: SlotFile = { release, image, instances, spare, rev, ...(held && { credentials: held }) };
		await this.#keeper.slots.write(slot, { slot: JSON.stringify(file), flows: JSON.stringify(snapshot.content.flows), instances });
		await this.journal.setSlot(slot, release);
		await this.start(slot, progress);
	}

	async #imageOf(snapshot: Snapshot, progress: Progress): Promise<{ id: string }> {
		const { environment, engine, packages, image, redact } = this.#options;
		if (image !== undefined) return await checkImage(engine.docker, image, snapshot, progress);
		return await ensureReleaseImage(engine.docker, {
			snapshot,
			base: baseImage(environment.docker.image, snapshot.content.nodeRed.version),
			supply: packages,
			timeoutMs: environment.timeouts.installMs,
			progress,
			redact,
		});
	}

	async start(slot: SlotName, progress: Progress): Promise<void> {
		await this.#check();
		const filled = await this.#readSlot(slot);
		if (!filled) return;
		progress(`${filled.instances} container${filled.instances === 1 ? '' : 's'} of ${slot}`);
		const stopped = await this.#stopped(slot, filled);
		if (stopped.length === 0) return;
		const flows = await this.#flowsOf(slot);
		const { primary } = this.#options.environment;
		const ofFlows = {
			rev: filled.rev,
			credentials: await this.#credentialsOf(flows, filled.credentials ?? null),
			primary: primary && resolveSingletons(flows, primary),
		};
		const subnet = await this.#containers.subnetOf(this.#names.network);
		await Promise.all(stopped.map((index) => this.#startInstance(slot, index, filled, { ofFlows, subnet })));
	}

	/** The instances of a slot that do not run, or are about to end. */
	async #stopped(slot: SlotName, { instances }: SlotFile): Promise<number[]> {
		const states = await Promise.all(this.#instancesOf(slot, instances).map((instance) => instance.status()));
		return states.flatMap((status, index) => (!status || status.state === 'stopping' ? [index] : []));
	}

	async #startInstance(
		slot: SlotName,
		index: number,
		filled: SlotFile,
		{ ofFlows, subnet }: { ofFlows: OfFlows; subnet: string },
	): Promise<void> {
		const { environment } = this.#options;
		const instance = `${slot}/${index}`;
		const name = this.#names.instance(instance);
		const { image, release } = filled;
		const variables = await this.#imageVariables(image);
		const config = this.#runnerConfig(slot, index, filled, ofFlows, { subnet, variables });
		await this.#check();
		await this.#keepLog(instance);
		// One that is there and does not answer is replaced.
		await this.#containers.stop(name, environment.timeouts.stopMs);
		await this.#containers.create({
			name,
			options: instanceOptions(environment, this.#names, { instance, slot, index, image, release }),
			files: [
				// Not in the image, not in the volume, and not in what `docker inspect` shows: it may hold secrets.
				{ path: CONFIG_FILE.slice(1), content: JSON.stringify(config), mode: 0o400, owner: USER },
				...(await this.#settingsFile()),
			],
			networks: environment.docker.networks,
		});
		await this.#containers.start(name);
		await this.#untilStanding(slot, index);
	}

	async #settingsFile() {
		const { settings } = this.#options.environment;
		if (settings === undefined) return [];
		try {
			return [{ path: SETTINGS_FILE.slice(1), content: await readFile(settings), mode: 0o444 }];
		} catch (error) {
			throw new FlowferryError({
				code: 'SETTINGS_UNREADABLE',
				message: `the settings ${settings} cannot be read (${(error as NodeJS.ErrnoException).code})`,
				hint: `settings of ${this.#options.environment.name} names a Node-RED settings file`,
				cause: error,
			});
		}
	}

	/** @throws FlowferryError INSTANCE_NOT_STANDING, with nothing left running */
	async #untilStanding(slot: SlotName, index: number): Promise<void> {
		const { startMs } = this.#options.environment.timeouts;
		const instance = `${slot}/${index}`;
		const name = this.#names.instance(instance);
		const until = performance.now() + startMs;
		let reason = `it did not stand by within ${startMs} ms (timeouts.startMs)`;
		while (performance.now() < until) {
			const status = await this.#keeper.instances.status(instance);
			if (status && standing.includes(status.state)) return;
			const container = status ? null : await this.#containers.inspect(name);
			const ended = !status && (!container || container.RestartCount > 0 || !container.State.Running);
			if (ended) reason = container ? `its runner ended with status ${container.State.ExitCode}` : 'its container is gone';
			if (status?.state === 'failed') reason = `Node-RED ended ${status.crashes} times`;
			if (ended || status?.state === 'failed') break;
			await sleep(POLL_MS);
		}
		await this.#containers.kill(name);
		throw new FlowferryError({
			code: 'INSTANCE_NOT_STANDING',
			message: `${instance} does not come up: ${reason}`,
			hint: `its log tells more: flowferry logs ${this.#options.environment.name}`,
			exitStatus: ExitStatus.needsOperator,
		});
	}

	async kill(instance: string): Promise<void> {
		await this.#check();
		await this.#containers.kill(this.#names.instance(instance));
	}

	async inject(name: string, fault: Fault): Promise<Injection> {
		await this.#check();
		const instance = (await this.instances(slotOf(name))).find((each) => each.name === name);
		return await injectFault(fault, name, (await instance?.status()) ?? null, {
			containers: this.#containers,
			names: this.#names,
			keeper: this.#keeper,
		});
	}

	async *logs(name: string, request: LogRequest): AsyncGenerator<LogLine> {
		const output = await this.#containers.logs(this.#names.instance(name), request);
		if (output === null) {
			const kept = (await this.#keeper.slots.keptLog(name)).split('\n').slice(0, -1);
			for (const line of request.tail === 0 ? [] : kept.slice(-request.tail)) yield parseLogLine(name, line);
			return;
		}
		for await (const line of createInterface({ input: output })) yield parseLogLine(name, line);
	}

	async stop(slot: SlotName): Promise<void> {
		await this.#check();
		const graceMs = this.#options.environment.timeouts.stopMs + 5000;
		const found = await this.#containersOf(slot);
		await Promise.all(found.filter(({ running }) => running).map(({ name }) => this.#containers.stop(name, graceMs)));
	}

	async discard(slot: SlotName): Promise<void> {
		await this.stop(slot);
		await this.#check();
		await this.journal.setSlot(slot, null);
		for (const { name, labels } of await this.#containersOf(slot)) {
			await this.#keepLog(`${slot}/${labels[label.index]}`);
			await this.#containers.remove(name);
		}
		await this.#keeper.slots.remove(slot);
		await this.#prune();
	}

	/** What a container has logged goes with it. */
	async #keepLog(instance: string): Promise<void> {
		const output = await this.#containers.logs(this.#names.instance(instance), { tail: KEPT_LOG_LINES, follow: null });
		if (output === null) return;
		let text = '';
		for await (const chunk of output) text += chunk;
		if (text !== '') await this.#keeper.slots.keepLog(instance, text);
	}

	/** Images of releases that nobody is likely to go back to. What cannot be removed stays. */
	async #prune(): Promise<void> {
		const { engine, environment } = this.#options;
		const history = await this.journal.history(environment.docker.keepImages);
		const held = Object.values(await this.journal.slots()).flatMap((release) => (release ? [release.snapshot] : []));
		const keep = [...held, ...history.flatMap(({ from, to }) => [to.release.snapshot, ...(from ? [from.release.snapshot] : [])])];
		await pruneImages(engine.docker, { keep }).catch(() => {});
	}

	async startRouter(): Promise<void> {
		await this.#check();
		await this.#router.start(() => {});
	}

	async stopRouter(): Promise<void> {
		await this.#check();
		await this.#router.stop();
	}

	/** Removes all that the environment has on its engine, and all that it remembers. */
	async remove(): Promise<void> {
		await this.#check();
		await this.#containers.removeAll(this.#names.prefix, this.#names);
	}

	close(): void {
		this.#link.close();
		this.#empty.close();
		this.#containers.engine.close();
	}

	#instancesOf(slot: SlotName, count: number): Instance[] {
		return Array.from({ length: count }, (_, index) => dockerInstance(`${slot}/${index}`, this.#keeper.instances, () => this.#check()));
	}

	async #containersOf(slot: SlotName) {
		return await this.#containers.named({ ...labelsOf(this.#names, 'instance'), [label.slot]: slot });
	}

	async #readSlot(slot: SlotName): Promise<SlotFile | null> {
		const text = await this.#keeper.slots.read(slot);
		return text === null ? null : (JSON.parse(text) as SlotFile);
	}

	async #flowsOf(slot: SlotName): Promise<FlowNode[]> {
		return JSON.parse(await this.#keeper.slots.flows(slot)) as FlowNode[];
	}

	async #credentialsOf(flows: readonly FlowNode[], held: HeldCredentials | null): Promise<Credentials> {
		const { environment, vault } = this.#options;
		return await instanceCredentials(flows, held, environment.credentials, vault.open);
	}

	/** What an image's programs find in their environment: where they are, and what it was built for. */
	async #imageVariables(image: string): Promise<Record<string, string>> {
		const { Config } = await this.#options.engine.docker.getImage(image).inspect();
		return Object.fromEntries((Config.Env ?? []).map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
	}

	#runnerConfig(
		slot: SlotName,
		index: number,
		{ spare }: SlotFile,
		ofFlows: OfFlows,
		{ subnet, variables }: { subnet: string; variables: Record<string, string> },
	): RunnerConfig {
		const { environment, secrets } = this.#options;
		const instance = `${slot}/${index}`;
		return runnerConfigOf(environment, layoutOf(ENVIRONMENT_FOLDER), { slot, index }, ofFlows, {
			nodeRedProgram: '/usr/src/node-red/node_modules/node-red/red.js',
			userDir: USER_DIR,
			flowsFile: '/flowferry/release/flows.json',
			settingsFile: '/flowferry/templates/settings.cjs',
			userSettingsFile: environment.settings === undefined ? null : SETTINGS_FILE,
			agentDir: '/flowferry/dist/agent',
			log: { kind: 'stdout', where: `docker logs ${this.#names.instance(instance)}` },
			network: { kind: 'container', name: aliasOf(instance), subnet, controlPort: CONTROL_PORT, httpPort: HTTP_PORT },
			failover: this.#failoverOf(slot, spare),
			commands: { folder: USER_DIR, variables, secrets: secrets() },
			variables: { ...variables, ...environment.variables },
		});
	}

	/** Nobody runs `up` after a restart of the engine: each instance of the slot that serves comes back by itself. */
	#failoverOf(slot: SlotName, spare: SpareKind): FailoverConfig {
		const { mode, instances, webSockets, cutTopic, timeouts, failover } = this.#options.environment;
		const layout = layoutOf(ENVIRONMENT_FOLDER);
		return {
			slot,
			spare: mode === 'hot-spare' && instances > 1 ? spare : null,
			traffic: mode === 'hot-spare' ? 'alone' : 'shared',
			cutTopic,
			connectMs: timeouts.connectMs,
			settings: failover,
			membersFolder: layout.slots,
			router: { router: 'haproxy', directory: ENVIRONMENT_FOLDER, webSockets },
		};
	}

	/** The network, the volume, and the keeper of this version of flowferry. @returns whether the keeper was made */
	async #ensureKeeper(): Promise<boolean> {
		const { environment, engine } = this.#options;
		const { keeper, network, volume } = this.#names;
		const image = await ensureRuntimeImage(engine.docker, { base: baseImage(environment.docker.image, null), progress: () => {} });
		const found = await this.#containers.inspect(keeper);
		if (found?.Config.Labels?.[label.recipe] === image) return false;
		await this.#containers.ensureNetwork(network, labelsOf(this.#names, 'network'));
		await this.#containers.ensureVolume(volume, labelsOf(this.#names, 'volume'));
		await this.#containers.create({ name: keeper, options: keeperOptions(environment, this.#names, image), files: [], networks: [] });
		await this.#containers.start(keeper);
		return true;
	}
}
