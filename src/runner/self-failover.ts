import type { MonotonicClock } from '../lib/adapters/clock.ts';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import type { Redact } from '../lib/config/secrets.ts';
import { nothingHandled } from '../lib/cutover/cut.ts';
import { decideAfterEnd, mayOrderTraffic } from '../lib/failover/decide.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { instanceOf, whoHas } from '../lib/lease/holder.ts';
import type { LeaseRefusal, LeaseStore } from '../lib/lease/lease.ts';
import type { Router, Upstream } from '../lib/routers/router.ts';
import type { CutOrder, FailoverConfig, InstanceState, InstanceStatus, ProbeReport, RunnerConfig } from '../lib/targets/instance.ts';
import { Confirmation, type Member } from './confirmation.ts';
import type { Ask } from './held-context.ts';
import { HotSpare, type Leader } from './hot-spare.ts';
import type { Log } from './log.ts';
import { type OwnRouter, PassingOn } from './passing-on.ts';
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
	/** The same where it orders this instance's own gateway alone; null for one that all instances share. */
	ownRouter: OwnRouter | null;
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
	/** Where its active flows serve, for others and for this runner, under which lease; null where they are not active. */
	active(): { url: string; localUrl: string; token: number } | null;
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
	/** Null where no gateway is its own. */
	readonly #passingOn: PassingOn | null;
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
		this.#traffic = new Traffic({
			...{ router: world.router, log },
			mayOrder: () => this.#mayOrderTraffic(),
			beside: async () => (config.traffic === 'shared' ? await this.#activeBeside() : []),
		});
		const { ownRouter = null } = world;
		this.#passingOn =
			ownRouter &&
			new PassingOn({
				...{ router: ownRouter, log },
				mayOrder: () => this.#mayOrderTraffic(),
				successors: async () => await (config.traffic === 'shared' ? this.#activeBeside() : this.#activeOn(runner.seat)),
			});
		const rivals = () => world.members().filter(({ name }) => config.traffic === 'alone' || numberOf(name) === numberOf(runner.instance));
		this.#confirmation = settings.storeLost === 'confirm' ? new Confirmation(rivals, clock, runner.leaseTiming.ttlMs) : null;
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
						active: () => {
							const active = host.active();
							return active && { url: active.localUrl, token: active.token };
						},
						progress: (timeoutMs) => host.ask('progress', {}, timeoutMs),
						stuck: (why) => host.end({ cause: 'stuck', detail: why }),
					});
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	start(): void {
		void this.#watch.run();
		if (this.#config.traffic === 'shared')
			void this.#traffic.tend(
				() => this.#host.active() !== null,
				() => this.#serving(),
			);
		void this.#hot?.run();
		void this.#probing?.run();
		// What served before its runner was started anew may have a gateway, and a label, from then.
		this.leaveTraffic();
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
		void this.#traffic.bringTo({ instance, url: active.url }, () => this.#host.active()?.token === active.token);
	}

	/** It serves no more, or not yet: what still comes to its own gateway goes to whoever does. */
	leaveTraffic(): void {
		void this.#passingOn?.passOn(() => this.#host.active() === null);
	}

	/** It is about to end, and another is to go on: requests wait for that one, rather than meet flows that stop. */
	async holdTraffic(maxMs: number): Promise<void> {
		if (this.#passingOn && (await this.#hasSuccessor())) await this.#passingOn.hold(maxMs);
	}

	/** The same for one that is about to end, for so long: whoever waits at its gateway is not to be left there. */
	async leaveTrafficFor(maxMs: number): Promise<void> {
		if (!this.#passingOn || !(await this.#hasSuccessor())) return;
		const end = performance.now() + maxMs;
		await this.#passingOn.passOn(() => performance.now() < end);
	}

	/** It is active: what comes to its own gateway is for it. */
	receiveTraffic(): void {
		void this.#passingOn?.receive();
	}

	/** Its flows run again. Meanwhile another one that serves beside it may have ordered the traffic without it. */
	rejoinTraffic(instance: string): void {
		if (this.#config.traffic === 'shared') this.bringTraffic(instance);
	}

	/** Whether another may go on; false, too, where that cannot be read. */
	async #hasSuccessor(): Promise<boolean> {
		if (this.#config.traffic === 'alone' && this.#config.spare === null) return false;
		return await this.#world.failover.intent().then(
			(intent) => decideAfterEnd(this.#config.slot, intent).do === 'let go',
			() => false,
		);
	}

	/** False, too, while that cannot be read: there is another look soon. */
	async #mayOrderTraffic(): Promise<boolean> {
		return await this.#world.failover.intent().then(
			(intent) => mayOrderTraffic(this.#config.slot, intent),
			() => false,
		);
	}

	/** The instances that hold a seat: no other is active, or is about to be again. */
	async #seated(): Promise<ReadonlySet<string>> {
		const seats = (await this.#world.leases.list()).filter(({ seat }) => seat !== 'primary');
		return new Set(seats.map(({ holder }) => instanceOf(holder)));
	}

	/** Those whose flows run, or are about to again: while the store is lost, they go on without a seat in it. */
	async #serving(): Promise<ReadonlySet<string>> {
		const [seated, answers] = await Promise.all([this.#seated(), this.#answersBeside()]);
		const active = answers.filter(({ status }) => status?.state === 'active');
		return new Set([...seated, ...active.map(({ name }) => name)]);
	}

	/** Of the others of its slot, those that are active; one that does not answer, and has its seat, keeps the traffic that it has. */
	async #activeBeside(): Promise<Upstream[]> {
		const [answers, seated, router] = await Promise.all([
			this.#answersBeside(),
			this.#seated(),
			this.#world.router.status().catch(() => null),
		]);
		const before = router && router.traffic.state !== 'closed' ? router.traffic.upstreams : [];
		return answers.flatMap(({ name, status }) => {
			if (!status) return before.filter(({ instance }) => instance === name && seated.has(name));
			return status.state === 'active' && status.url ? [{ instance: name, url: status.url }] : [];
		});
	}

	/** Who has the seat now, and serves. */
	async #activeOn(seat: string): Promise<Upstream[]> {
		const holder = (await this.#world.leases.list()).find((record) => record.seat === seat)?.holder;
		const member = holder && this.#world.members().find(({ name }) => name === instanceOf(holder));
		const status = member ? await member.status().catch(() => null) : null;
		return status?.state === 'active' && status.url ? [{ instance: status.instance, url: status.url }] : [];
	}

	async #answersBeside(): Promise<{ name: string; status: InstanceStatus | null }[]> {
		const own = this.#world.members().filter(({ name }) => name.startsWith(`${this.#config.slot}/`));
		return await Promise.all(own.map(async (member) => ({ name: member.name, status: await member.status().catch(() => null) })));
	}
}

/** In load-balanced mode each instance of a slot has a seat of its own, which only the one of the same number in the other slot seeks. */
function numberOf(instance: string): string | undefined {
	return instance.split('/')[1];
}
