import { createInterface } from 'node:readline';
import type { MonotonicClock } from '../../adapters/clock.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { remoteKeeper } from '../../keeper/remote.ts';
import { remoteClock } from '../../keeper/remote-clock.ts';
import { resolveSingletons } from '../../lint/singletons.ts';
import { revOf } from '../../node-red/rev.ts';
import type { Credentials } from '../../node-red/sealed-credentials.ts';
import type { PackageSupply } from '../../packages/supply.ts';
import { heldSnapshots } from '../../promotion/held-snapshots.ts';
import { type Side, type SlotName, slotNames, slotOf } from '../../promotion/journal.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import { type HeldCredentials, heldBy } from '../../snapshot/sealing/held.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Fault, Injection } from '../fault.ts';
import type { Instance, InstanceStatus } from '../instance.ts';
import { instanceCredentials } from '../instance-credentials.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import { parseLogLine } from '../logs.ts';
import type { GivenImage, Progress, Reach, Target } from '../target.ts';
import { labelsOf } from './container-options.ts';
import { Containers } from './containers.ts';
import { dockerInstance } from './docker-instance.ts';
import { emptyKeeper } from './empty-keeper.ts';
import type { Engine } from './engine.ts';
import { withEngineFaults } from './engine-fault.ts';
import { baseImage } from './image/base-image.ts';
import { assertBuiltFor } from './image/check-image.ts';
import { pruneImages, removeReleaseImages } from './image/prune-images.ts';
import { ensureReleaseImage, hasPalette } from './image/release-image.ts';
import { injectFault } from './inject-fault.ts';
import { InstanceContainers, type SlotFile } from './instance-containers.ts';
import { ensureKeeper } from './keeper-container.ts';
import { KeeperLink } from './keeper-link.ts';
import { label, type Names, namesOf } from './names.ts';
import { oddityOf } from './oddities.ts';
import { RouterContainer } from './router-container.ts';
import { openTunnel } from './tunnel.ts';

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
	/** For the snapshot that is promoted; undefined: it is built here. */
	image?: GivenImage | undefined;
}

const EVERY_PROMOTION = 1_000_000;

/** Instances as containers of a Docker Engine. Everything that an environment remembers is with the engine, in a volume. */
export class DockerTarget implements Target {
	readonly journal;
	readonly leases;
	readonly failover;
	readonly audit;
	readonly plans;
	readonly router: Router;
	readonly image: GivenImage | null;
	readonly impossible = {};
	readonly #options: DockerTargetOptions;
	readonly #names: Names;
	readonly #containers: Containers;
	readonly #link: KeeperLink;
	readonly #keeper: KeeperApi;
	readonly #empty = emptyKeeper();
	readonly #router: RouterContainer;
	readonly #made: InstanceContainers;
	#check: () => Promise<void> = async () => {};

	constructor(options: DockerTargetOptions) {
		const { environment, engine } = options;
		this.#options = options;
		this.image = options.image ?? null;
		this.#names = namesOf(environment);
		this.#containers = new Containers(engine);
		this.#link = new KeeperLink({
			containers: this.#containers,
			name: this.#names.keeper,
			webSockets: environment.webSockets,
			exists: () => this.#containers.hasVolume(this.#names.volume),
			ensure: () => ensureKeeper(this.#containers, environment, this.#names),
			empty: this.#empty,
		});
		this.#keeper = remoteKeeper((part, call, args) => this.#link.call(part, call, args));
		this.journal = this.#keeper.journal;
		this.leases = { ...this.#keeper.leases, close: () => {} };
		this.failover = this.#keeper.failover;
		this.audit = this.#keeper.audit;
		this.plans = this.#keeper.plans;
		this.#router = new RouterContainer(environment, this.#names, this.#containers, this.#keeper);
		this.#made = new InstanceContainers({ ...options, names: this.#names, containers: this.#containers, keeper: this.#keeper });
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
		if (!filled || stoppedOf(await this.#statuses(what, filled)).length === 0) return;
		await this.#credentialsOf(await this.#flowsOf(what), filled.credentials ?? null);
	}

	async installs(snapshot: Snapshot): Promise<string[]> {
		const { engine } = this.#options;
		if (this.image) {
			assertBuiltFor(this.image, snapshot);
			return [];
		}
		const isThere = await withEngineFaults(engine, () => hasPalette(engine.docker, this.#released(snapshot)));
		return isThere ? [] : snapshot.content.palette.map(({ name, version }) => `${name}@${version}`);
	}

	#released(snapshot: Snapshot) {
		const { environment, packages: supply } = this.#options;
		return { snapshot, base: baseImage(environment.docker.image, snapshot.content.nodeRed.version), supply };
	}

	async prepare({ slot, release, spare = 'warm' }: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		const { environment } = this.#options;
		await this.#check();
		await this.unlock(snapshot);
		const { id: image } = await this.#imageOf(snapshot, progress);
		// From here on what was kept warm is gone; not before, for an image that fails must cost nothing.
		await this.#clear(slot);
		const held = heldBy(snapshot);
		const { instances } = environment;
		const rev = revOf(snapshot.content.flows);
		const file: SlotFile = { release, image, instances, spare, rev, ...(held && { credentials: held }) };
		await this.#keeper.slots.write(slot, { slot: JSON.stringify(file), flows: JSON.stringify(snapshot.content.flows), instances });
		await this.journal.setSlot(slot, release);
		await this.start(slot, progress);
		await this.#prune();
	}

	async #imageOf(snapshot: Snapshot, progress: Progress): Promise<{ id: string }> {
		const { environment, engine, redact } = this.#options;
		if (this.image) {
			assertBuiltFor(this.image, snapshot);
			return this.image;
		}
		return await ensureReleaseImage(engine.docker, {
			...this.#released(snapshot),
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
		const statuses = await this.#statuses(slot, filled);
		const starting = statuses.flatMap((status, index) => (status?.state === 'starting' ? [index] : []));
		await Promise.all(starting.map((index) => this.#made.untilStanding({ slot, index })));
		const stopped = stoppedOf(statuses);
		if (stopped.length === 0) return;
		const flows = await this.#flowsOf(slot);
		const { primary } = this.#options.environment;
		const ofFlows = {
			rev: filled.rev,
			credentials: await this.#credentialsOf(flows, filled.credentials ?? null),
			primary: primary && resolveSingletons(flows, primary),
		};
		const ofEngine = await this.#made.ofEngine(filled);
		await Promise.all(stopped.map((index) => this.#made.start({ slot, index }, filled, { ofFlows, ...ofEngine })));
	}

	async #statuses(slot: SlotName, { instances }: SlotFile): Promise<(InstanceStatus | null)[]> {
		return await Promise.all(this.#instancesOf(slot, instances).map((instance) => instance.status()));
	}

	async kill(instance: string): Promise<void> {
		await this.#check();
		await this.#containers.kill(this.#names.instance(instance));
	}

	async oddities(): Promise<string[]> {
		const { name: environment } = this.#options.environment;
		const names = this.#names;
		// Before the keeper is asked for anything: that brings it back.
		const found = await this.#containers.found({ [label.environment]: names.prefix });
		const slots = await Promise.all(slotNames.map((slot) => this.instances(slot)));
		const instances = slots.flat().map(({ name }) => name);
		if (instances.length === 0) return [];
		return ['keeper', 'router', ...instances].flatMap((part) => {
			const name = part === 'router' || part === 'keeper' ? names[part] : names.instance(part);
			return (
				oddityOf(
					{ part, environment, names },
					found.find((container) => container.name === name),
				) ?? []
			);
		});
	}

	async inject(name: string, fault: Fault): Promise<Injection> {
		await this.#check();
		const instance = (await this.instances(slotOf(name))).find((each) => each.name === name);
		return await injectFault(fault, name, (await instance?.status()) ?? null, {
			containers: this.#containers,
			container: this.#names.instance(name),
			clock: await this.clock(),
			openSession: () => this.#link.openSession(),
		});
	}

	async clock(): Promise<Pick<MonotonicClock, 'nowMs'>> {
		return await remoteClock(() => this.#keeper.machine.nowMs());
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
		// Also what does not run just now: paused, or about to be started again by the engine.
		await Promise.all(found.map(({ name }) => this.#containers.stop(name, graceMs)));
	}

	async discard(slot: SlotName): Promise<void> {
		await this.#clear(slot);
		await this.#prune();
	}

	async #clear(slot: SlotName): Promise<void> {
		await this.stop(slot);
		await this.#check();
		await this.journal.setSlot(slot, null);
		for (const { name, labels } of await this.#containersOf(slot)) {
			await this.#made.keepLog(`${slot}/${labels[label.index]}`);
			await this.#containers.remove(name);
		}
		await this.#keeper.slots.remove(slot);
	}

	/** Images of releases that nobody is likely to go back to. What cannot be removed stays. */
	async #prune(): Promise<void> {
		const { engine, environment } = this.#options;
		const held = (await heldSnapshots(this.journal)).map(({ snapshot }) => snapshot);
		const keep = [...held, ...(await this.#promoted(environment.docker.keepImages))];
		await pruneImages(engine.docker, { keep }).catch(() => {});
	}

	/** The snapshots of both sides of the latest promotions. */
	async #promoted(promotions: number): Promise<Set<string>> {
		const history = await this.journal.history(promotions);
		return new Set(history.flatMap(({ from, to }) => [to, ...(from ? [from] : [])]).map(({ release }) => release.snapshot));
	}

	/** An engine's private addresses may be anything on this machine's networks, or nothing: the way goes through the keeper. */
	async reach(url: string): Promise<Reach> {
		return await openTunnel(this.#containers, this.#names.keeper, url);
	}

	async startRouter(): Promise<void> {
		await this.#check();
		await this.#router.start(() => {});
	}

	async stopRouter(): Promise<void> {
		await this.#check();
		await this.#router.stop();
	}

	async remove(): Promise<string[]> {
		const { engine } = this.#options;
		await this.#check();
		const snapshots = await this.#promoted(EVERY_PROMOTION);
		// The lock is renewed all the while: that must not have the keeper come back.
		this.#link.forget();
		await this.#containers.removeAll(this.#names.prefix, this.#names);
		await withEngineFaults(engine, () => removeReleaseImages(engine.docker, snapshots));
		return [];
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
		return await this.#containers.found({ ...labelsOf(this.#names, 'instance'), [label.slot]: slot });
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
}

/** The instances of a slot that do not run, or are about to end. */
function stoppedOf(statuses: readonly (InstanceStatus | null)[]): number[] {
	return statuses.flatMap((status, index) => (!status || status.state === 'stopping' ? [index] : []));
}
