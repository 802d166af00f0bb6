import { createInterface } from 'node:readline';
import type { MonotonicClock } from '../../adapters/clock.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { remoteKeeper } from '../../keeper/remote.ts';
import { remoteClock } from '../../keeper/remote-clock.ts';
import { type Side, type SlotName, slotNames, slotOf } from '../../promotion/journal.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Fault, Injection } from '../fault.ts';
import { fillingOf, ofFlowsOf, unlockSnapshot } from '../filling.ts';
import { type Instance, type InstanceStatus, stoppedOf } from '../instance.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import { parseLogLine } from '../logs.ts';
import type { Progress, Reach, Target } from '../target.ts';
import { allStanding } from '../until-standing.ts';
import { labelsOf } from './container-options.ts';
import { Containers } from './containers.ts';
import { dockerInstance } from './docker-instance.ts';
import { emptyKeeper } from './empty-keeper.ts';
import type { LabelledImage } from './image/check-image.ts';
import { ReleaseImages, type ReleaseImagesParts } from './image/release-images.ts';
import { impossible, injectFault } from './inject-fault.ts';
import { InstanceContainers, type SlotFile } from './instance-containers.ts';
import { ensureKeeper } from './keeper-container.ts';
import { KeeperLink } from './keeper-link.ts';
import { label, type Names, namesOf } from './names.ts';
import { oddityOf } from './oddities.ts';
import { RouterContainer } from './router-container.ts';
import { openTunnel } from './tunnel.ts';

export interface DockerTargetOptions extends Omit<ReleaseImagesParts, 'journal'> {
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** Instances as containers of a Docker Engine. Everything that an environment remembers is with the engine, in a volume. */
export class DockerTarget implements Target {
	readonly journal;
	readonly leases;
	readonly failover;
	readonly audit;
	readonly plans;
	readonly router: Router;
	readonly image: LabelledImage | null;
	readonly impossible = impossible;
	readonly #options: DockerTargetOptions;
	readonly #names: Names;
	readonly #containers: Containers;
	readonly #link: KeeperLink;
	readonly #keeper: KeeperApi;
	readonly #empty = emptyKeeper();
	readonly #router: RouterContainer;
	readonly #made: InstanceContainers;
	readonly #images: ReleaseImages;
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
		this.#images = new ReleaseImages({ ...options, journal: this.journal });
		this.router = guardRouter(this.#keeper.router, () => this.#check());
	}

	guard(check: () => Promise<void>): void {
		this.#check = check;
	}

	async instances(slot: SlotName): Promise<Instance[]> {
		const filled = await this.#readSlot(slot);
		return filled ? this.#instancesOf(slot, filled.instances) : [];
	}

	async rev(slot: SlotName): Promise<string | null> {
		return (await this.#readSlot(slot))?.rev ?? null;
	}

	async unlock(what: Snapshot | SlotName): Promise<void> {
		if (typeof what !== 'string') return await unlockSnapshot(what, this.#options);
		const filled = await this.#readSlot(what);
		if (!filled || stoppedOf(await this.#statuses(what, filled)).length === 0) return;
		await ofFlowsOf(filled, await this.#flowsOf(what), this.#options);
	}

	async installs(snapshot: Snapshot): Promise<string[]> {
		return await this.#images.installs(snapshot);
	}

	async prepare(side: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		const { slot, release } = side;
		await this.#check();
		await this.unlock(snapshot);
		const image = await this.#images.ensure(snapshot, progress);
		// From here on what was kept warm is gone; not before, for an image that fails must cost nothing.
		await this.#clear(slot);
		const file: SlotFile = { ...fillingOf(side, snapshot, this.#options.environment.instances), image };
		const { flows } = snapshot.content;
		await this.#keeper.slots.write(slot, { slot: JSON.stringify(file), flows: JSON.stringify(flows), instances: file.instances });
		await this.journal.setSlot(slot, release);
		await this.start(slot, progress);
		await this.#images.prune();
	}

	async start(slot: SlotName, progress: Progress): Promise<void> {
		await this.#check();
		const filled = await this.#readSlot(slot);
		if (!filled) return;
		progress(`${filled.instances} container${filled.instances === 1 ? '' : 's'} of ${slot}`);
		await allStanding(await this.#statuses(slot, filled), {
			untilStanding: (index) => this.#made.untilStanding({ slot, index }),
			starter: async () => {
				const gets = await this.#whatInstancesGet(slot, filled);
				return (index) => this.#made.start({ slot, index }, filled, gets);
			},
		});
	}

	async #whatInstancesGet(slot: SlotName, filled: SlotFile) {
		const ofFlows = await ofFlowsOf(filled, await this.#flowsOf(slot), this.#options);
		return { ofFlows, ...(await this.#made.ofEngine(filled)) };
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
		await this.#images.prune();
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
		await this.#check();
		const removeImages = await this.#images.remover();
		// The lock is renewed all the while: that must not have the keeper come back.
		this.#link.forget();
		await this.#containers.removeAll(this.#names.prefix, this.#names);
		await removeImages();
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
}
