import { type MonotonicClock, systemClock } from '../../adapters/clock.ts';
import { autoscaleOf } from '../../config/autoscale.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { KubernetesLeaseStore } from '../../kubernetes/kubernetes-lease-store.ts';
import type { Names } from '../../kubernetes/names.ts';
import { ports } from '../../kubernetes/names.ts';
import { openClusterState } from '../../kubernetes/state/open-cluster-state.ts';
import { type Side, type SlotName, slotNames, slotOf } from '../../promotion/journal.ts';
import { guardRouter } from '../../routers/guarded-router.ts';
import type { Router } from '../../routers/router.ts';
import type { CredentialVault } from '../../snapshot/sealing/vault.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Fault, Injection } from '../fault.ts';
import { type Instance, stoppedOf } from '../instance.ts';
import type { LogLine, LogRequest } from '../logs.ts';
import type { PodImages } from '../pod-images.ts';
import type { GivenImage, Progress, Reach, Target } from '../target.ts';
import { apply } from './apply.ts';
import { eventfulAudit, untilRemoved } from './eventful-audit.ts';
import { findOddities } from './find-oddities.ts';
import { followObjects } from './follow-objects.ts';
import { injectFault } from './inject-fault.ts';
import { budgetVersionOf, ensureLasting } from './lasting.ts';
import { removeAll } from './leftovers.ts';
import { type Place, placeOf } from './objects/place.ts';
import { previewService } from './objects/services.ts';
import { PodInstances } from './pod-instances.ts';
import { PodLogs } from './pod-logs.ts';
import { comingOf, Pods } from './pods.ts';
import { ServiceRouter } from './service-router.ts';
import { SlotContents } from './slot-contents.ts';
import { SlotPods } from './slot-pods.ts';
import { SlotSizes } from './slot-sizes.ts';
import { StatefulSets } from './stateful-sets.ts';
import { Tunnels } from './tunnels.ts';

export interface KubernetesTargetOptions {
	environment: NamedEnvironment;
	cluster: Cluster;
	images: PodImages;
	/** What `--image` says, with `{snapshot}` as it stands there. */
	image: string | undefined;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
	/** Opens the credentials that snapshots hold. */
	vault: Pick<CredentialVault, 'open'>;
}

/** Instances as pods of a Kubernetes cluster. Everything that an environment remembers is in objects of its namespace. */
export class KubernetesTarget implements Target {
	readonly journal;
	readonly leases;
	readonly failover;
	readonly audit;
	readonly plans;
	readonly router: Router;
	readonly image: GivenImage | null;
	readonly impossible = {};
	readonly #options: KubernetesTargetOptions;
	readonly #place: Place;
	readonly #contents: SlotContents;
	readonly #pods: Pods;
	readonly #sets: StatefulSets;
	readonly #sizes: SlotSizes;
	readonly #slotPods: SlotPods;
	readonly #logs: PodLogs;
	readonly #tunnels: Tunnels;
	readonly #instances: PodInstances;
	readonly #service: ServiceRouter;
	#isRemoved = false;
	#check: () => Promise<void> = async () => {};

	constructor(options: KubernetesTargetOptions) {
		const { environment, cluster } = options;
		this.#options = options;
		this.image = options.image === undefined ? null : { id: options.image, name: options.image, snapshot: null };
		this.#place = placeOf(environment, cluster.namespace);
		const { names } = this.#place;
		const state = openClusterState(cluster, names.prefix, () => new Date());
		this.journal = state.journal;
		this.failover = state.failover;
		this.audit = untilRemoved(eventfulAudit(state.audit, cluster, names), () => this.#isRemoved);
		this.plans = state.plans;
		this.leases = new KubernetesLeaseStore({ cluster, names, clock: systemClock(), makesLeases: true });
		this.#contents = new SlotContents({ ...options, place: this.#place });
		this.#pods = new Pods(cluster, names);
		this.#tunnels = new Tunnels(cluster);
		this.#instances = new PodInstances({ cluster, names, tunnels: this.#tunnels, check: () => this.#check() });
		this.#logs = new PodLogs(cluster, names);
		this.#sets = new StatefulSets({
			...{ environment, cluster, names, pods: this.#pods },
			instance: (name) => this.#instances.named(name),
		});
		this.#sizes = new SlotSizes({ environment, journal: this.journal, sets: this.#sets });
		this.#slotPods = new SlotPods({
			...{ contents: this.#contents, sets: this.#sets, sizes: this.#sizes, pods: this.#pods, instances: this.#instances },
			...{ logs: this.#logs, ensureLasting: () => this.#ensureLasting() },
		});
		this.#service = new ServiceRouter({
			...{ cluster, names, pods: this.#pods, tunnels: this.#tunnels },
			token: () => this.#instances.token(),
		});
		this.router = guardRouter(this.#service, () => this.#check());
	}

	get #names(): Names {
		return this.#place.names;
	}

	guard(check: () => Promise<void>): void {
		this.#check = check;
	}

	async instances(slot: SlotName): Promise<Instance[]> {
		const filled = await this.#contents.read(slot);
		return filled ? this.#instances.of(slot, await this.#sizes.now(slot, filled)) : [];
	}

	async rev(slot: SlotName): Promise<string | null> {
		return (await this.#contents.read(slot))?.rev ?? null;
	}

	async unlock(what: Snapshot | SlotName): Promise<void> {
		if (typeof what !== 'string') return await this.#contents.unlock(what);
		const filled = await this.#contents.read(what);
		if (!filled) return;
		const statuses = await this.#instances.statuses(what, await this.#sizes.toTakeOver(what, filled));
		if (stoppedOf(statuses).length > 0) await this.#contents.unlockSlot(what, filled);
	}

	async installs(snapshot: Snapshot): Promise<string[]> {
		return await this.#options.images.installs(snapshot);
	}

	async prepare(side: Side, snapshot: Snapshot, progress: Progress): Promise<void> {
		const { environment, cluster, images } = this.#options;
		const { slot, release } = side;
		await this.#check();
		await this.unlock(snapshot);
		await this.#sets.assertWithinReach(slot);
		const image = await images.ensure(snapshot, progress);
		await this.#ensureLasting();
		// From here on what was kept warm is gone; not before, for an image that fails must cost nothing.
		await this.#clear(slot);
		const filled = await this.#contents.write(side, image, snapshot);
		await this.journal.setSlot(slot, release);
		await apply(cluster, previewService(this.#place, environment, slot));
		await this.#slotPods.make(slot, filled, progress);
	}

	async start(slot: SlotName, progress: Progress): Promise<void> {
		await this.#check();
		const filled = await this.#contents.read(slot);
		if (filled) await this.#slotPods.start(slot, filled, progress);
	}

	async #ensureLasting(): Promise<void> {
		const { environment, cluster } = this.#options;
		await ensureLasting({ cluster, place: this.#place, environment, leases: this.leases });
	}

	async kill(instance: string): Promise<void> {
		await this.#check();
		await this.#sets.kill(instance);
	}

	async oddities(): Promise<string[]> {
		const { environment, cluster } = this.#options;
		return await findOddities({
			...{ environment, cluster, place: this.#place, contents: this.#contents, sets: this.#sets, sizes: this.#sizes },
			...{ pods: this.#pods, service: this.#service, leases: this.leases },
		});
	}

	/** What an autoscaler has added: a slot's first ones it did not. */
	async coming(): Promise<string[]> {
		const { environment } = this.#options;
		const autoscale = autoscaleOf(environment);
		return autoscale ? comingOf(await this.#pods.list(), autoscale.from, environment.timeouts.startMs, Date.now()) : [];
	}

	async follow(changed: () => void): Promise<{ close(): void } | null> {
		return await followObjects(this.#options.cluster, this.#names, changed);
	}

	async inject(name: string, fault: Fault): Promise<Injection> {
		await this.#check();
		const instance = (await this.instances(slotOf(name))).find((each) => each.name === name);
		return await injectFault(fault, name, (await instance?.status()) ?? null, {
			cluster: this.#options.cluster,
			names: this.#names,
			clock: await this.clock(),
		});
	}

	/** Roles tell moments of the wall clock, to which the clock of each pod was set once. */
	async clock(): Promise<Pick<MonotonicClock, 'nowMs'>> {
		return { nowMs: () => performance.timeOrigin + performance.now() };
	}

	async *logs(name: string, request: LogRequest): AsyncGenerator<LogLine> {
		yield* this.#logs.read(name, request);
	}

	async stop(slot: SlotName): Promise<void> {
		await this.#check();
		await this.#sets.empty(slot);
	}

	async discard(slot: SlotName): Promise<void> {
		await this.#clear(slot);
	}

	async #clear(slot: SlotName): Promise<void> {
		await this.#check();
		await this.#slotPods.keepLogs(slot);
		await this.stop(slot);
		await this.journal.setSlot(slot, null);
		await this.#contents.remove(slot);
	}

	/** Pods are in a network of the cluster's own: the way goes by the API server. */
	async reach(url: string): Promise<Reach> {
		const { hostname, port } = new URL(url);
		const pod = (await this.#pods.list()).find(({ ip }) => ip === hostname);
		if (!pod) return { url, close: () => {} };
		return { url: await this.#tunnels.to(pod.name, Number(port || ports.http)), close: () => {} };
	}

	async startRouter(): Promise<void> {
		await this.#check();
		await this.#ensureLasting();
		await this.#service.start();
	}

	async stopRouter(): Promise<void> {
		await this.#check();
		await this.#service.stop();
	}

	async remove(): Promise<string[]> {
		const { cluster } = this.#options;
		await this.#check();
		for (const slot of slotNames) await this.#sets.empty(slot);
		const policy = await budgetVersionOf(cluster);
		this.#isRemoved = true;
		await removeAll(cluster, this.#names, policy);
		return [];
	}

	close(): void {
		this.#tunnels.close();
		this.leases.close();
	}
}
