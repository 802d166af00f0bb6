import type { MonotonicClock } from '../lib/adapters/clock.ts';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import type { Redact } from '../lib/config/secrets.ts';
import { nothingHandled } from '../lib/cutover/cut.ts';
import { decideAfterEnd } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { whoHas } from '../lib/lease/holder.ts';
import type { LeaseRefusal, LeaseStore } from '../lib/lease/lease.ts';
import type { Router, Upstream } from '../lib/routers/router.ts';
import type { CutOrder, FailoverConfig, InstanceState, ProbeReport, RunnerConfig } from '../lib/targets/instance.ts';
import { Confirmation, type Member } from './confirmation.ts';
import type { Ask } from './held-context.ts';
import { HotSpare, type Leader } from './hot-spare.ts';
import type { Log } from './log.ts';
import { Probing } from './probing.ts';
import type { Ending } from './role-book.ts';
import type { Predecessor } from './spare-watch.ts';
import { SpareWatch } from './spare-watch.ts';
import { Traffic } from './traffic.ts';

/** What an instance needs of the world around it to become active by itself. */
export interface FailoverWorld {
	leases: LeaseStore;
	failover: FailoverStore;
	router: Router;
	/** Commands among the probes. */
	runCommand: RunUserCommand;
	/** Takes from a text what must not be shown. */
	redact: Redact;
	/** The environment's other instances, as they are at that moment. */
	members: () => Member[];
	/** Another instance of its slot. */
	peer: (instance: string) => Leader | null;
	clock: MonotonicClock;
	log: Log;
}

/** The instance itself, as far as its failover moves it. */
export interface FailoverHost {
	ask: Ask;
	/** Starts the flows behind a gate. */
	gate(timeoutMs: number): Promise<{ refused: string | null }>;
	state(): InstanceState;
	/** Where its active flows serve, under which lease; null where they are not active. */
	active(): { url: string; token: number } | null;
	/** Stops flows that wait behind a gate. */
	ungate(): Promise<void>;
	/** Becomes active, unless somebody else was faster. */
	takeOver(predecessor: Predecessor | null): Promise<void>;
	/** Whether nobody reaches it. */
	cutOff(): boolean;
	/** Ends Node-RED. */
	end(why: Ending): void;
}

/** Of two spares that find the seat free, the one behind its gate has what came meanwhile: for so long it is left to that one. */
const LEFT_TO_HOT_MS = 1000;

/** Everything that an instance does by itself, beside running its Node-RED. */
export class SelfFailover {
	readonly #config: FailoverConfig;
	readonly #world: FailoverWorld;
	readonly #host: FailoverHost;
	readonly #watch: SpareWatch;
	readonly #traffic: Traffic;
	readonly #hot: HotSpare | null;
	readonly #probing: Probing | null;
	/** Where it goes on without the store. */
	readonly #confirmation: Confirmation | null;

	constructor(runner: RunnerConfig, config: FailoverConfig, world: FailoverWorld, host: FailoverHost) {
		const { settings, spare, slot, connectMs } = config;
		const { leases, failover, clock, log } = world;
		this.#config = config;
		this.#world = world;
		this.#host = host;
		this.#traffic = new Traffic(world.router, log, config.traffic === 'shared' ? () => this.#activeBeside() : undefined);
		this.#confirmation = settings.storeLost === 'confirm' ? new Confirmation(world.members, clock, runner.leaseTiming.ttlMs) : null;
		this.#watch = new SpareWatch({
			...{ slot, seat: runner.seat, timing: runner.leaseTiming, leases, failover, clock, log },
			standsBy: () => !host.cutOff() && (host.state() === 'standby' || (host.state() === 'gated' && spare === 'hot')),
			leavesMs: () => (spare === 'hot' && host.state() === 'standby' ? LEFT_TO_HOT_MS : 0),
			takeOver: host.takeOver,
		});
		const self = {
			name: runner.instance,
			listen: (topic: string, timeoutMs: number) => host.ask('listen', { topic, timeoutMs, follow: false }, timeoutMs + connectMs),
			sendSentinel: async (sentinel: number) => void (await host.ask('sendSentinel', { sentinel }, connectMs)),
			streams: () => host.ask('streams', {}, connectMs),
		};
		this.#hot =
			spare !== 'hot'
				? null
				: new HotSpare({
						...{ slot, seat: runner.seat, cutTopic: config.cutTopic, connectMs, leases, failover, clock, log, peer: world.peer, self },
						state: host.state,
						gate: () => host.gate(runner.startMs),
						ungate: host.ungate,
						advance: (order) => host.ask('advance', { order }, connectMs),
					});
		this.#probing =
			settings.probes.length === 0
				? null
				: new Probing({
						...{ instance: runner.instance, userDir: runner.userDir, settings, failover, log, run: world.runCommand, redact: world.redact },
						active: host.active,
						progress: (timeoutMs) => host.ask('progress', {}, timeoutMs),
						stuck: (why) => host.end({ cause: 'stuck', detail: why }),
					});
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	start(): void {
		void this.#watch.run();
		void this.#hot?.run();
		void this.#probing?.run();
	}

	/** Whom a hot spare follows; null for any other. */
	get following(): { instance: string; counted: boolean } | null {
		return this.#hot?.following ?? null;
	}

	get probes(): ProbeReport | null {
		return this.#probing?.report ?? null;
	}

	/** Where the gate of a hot spare is to open, as far as it knows. */
	async lastOrder(): Promise<CutOrder> {
		return (await this.#hot?.lastOrder()) ?? nothingHandled;
	}

	/**
	 * Why its lease is kept although its Node-RED has ended; null where a spare may go on. One that is cut off keeps no seat for want of a
	 * spare: it serves nobody, and takes it again when it is reached again.
	 */
	async whyKeepSeat(): Promise<string | null> {
		if (this.#config.spare === null && !this.#host.cutOff()) return 'it has no spare';
		return await this.#whyNobodyMoves();
	}

	/** Why no instance may move the seat or the traffic by itself; null where one may. */
	async #whyNobodyMoves(): Promise<string | null> {
		try {
			const decision = decideAfterEnd(this.#config.slot, await this.#world.failover.intent());
			return decision.do === 'keep' ? decision.because : null;
		} catch (error) {
			// A spare could not take it either.
			return `the state cannot be read: ${String(error)}`;
		}
	}

	/** For the lease's keeper: what lets it go on without the store; undefined where nothing does. */
	confirmer(holder: string, ttlMs: number): (() => Promise<boolean>) | undefined {
		const confirmation = this.#confirmation;
		return confirmation ? () => confirmation.byAll(holder, ttlMs) : undefined;
	}

	/** Leaves the seat to another instance for a while. */
	promise(holder: string, forMs: number): boolean {
		return this.#confirmation?.promise(holder, forMs) ?? false;
	}

	/** Until it may seek the seat, in milliseconds: see `Confirmation`. */
	get restMs(): number {
		return this.#confirmation?.restMs ?? 0;
	}

	/** @returns who has the seat, or may run the flows while the store has forgotten that; null: it was taken */
	async seek(acquire: () => Promise<LeaseRefusal | null>): Promise<string | null> {
		return this.#confirmation ? await this.#confirmation.seek(acquire) : whoHas(await acquire());
	}

	/** Has the router send its traffic here, for as long as this instance is active. */
	bringTraffic(instance: string): void {
		const active = this.#host.active();
		if (!active) return;
		const isStill = () => this.#host.active()?.token === active.token;
		void this.#traffic.bringTo({ instance, url: active.url }, { isStill, mayOrder: async () => (await this.#whyNobodyMoves()) === null });
	}

	/** Of the others of its slot, those that are active; one that does not answer keeps the traffic that it has. */
	async #activeBeside(): Promise<Upstream[]> {
		const own = this.#world.members().filter(({ name }) => name.startsWith(`${this.#config.slot}/`));
		const [states, router] = await Promise.all([
			Promise.all(own.map((member) => member.status().catch(() => null))),
			this.#world.router.status().catch(() => null),
		]);
		const before = router && router.traffic.state !== 'closed' ? router.traffic.upstreams : [];
		return own.flatMap(({ name }, index) => {
			const status = states[index];
			if (!status) return before.filter(({ instance }) => instance === name);
			return status.state === 'active' && status.url ? [{ instance: name, url: status.url }] : [];
		});
	}
}
