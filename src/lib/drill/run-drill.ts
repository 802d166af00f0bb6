import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../adapters/clock.ts';
import type { RunUserCommand } from '../adapters/user-command.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import type { HttpCheck } from '../config/safeguards.ts';
import type { RoleCause } from '../failover/failover-store.ts';
import type { Injection } from '../targets/fault.ts';
import type { Instance, InstanceStatus } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';
import { stopBroker } from './broker-loss.ts';
import type { DrillKind, DrillReport } from './drill.ts';
import { judgeDrill } from './judge.ts';
import { numberedCheck, startMessages } from './messages.ts';
import { type Observer, observe } from './observer.ts';
import { startRequests } from './requests.ts';

export interface DrillSetting {
	environment: NamedEnvironment;
	target: Target;
	clock: Pick<MonotonicClock, 'nowMs'>;
	/** `user@host (pid 123)`. */
	by: string;
	runCommand: RunUserCommand;
	progress: (message: string) => void;
	/** Asked again and again: once there is one, the fault is undone, and nothing more is begun. */
	stopReason: () => string | null;
}

/** Of an instance that holds its seat's lease. */
export type ActiveStatus = InstanceStatus & { lease: { token: number } };

/** Load before the fault, and after it was undone: one that wakes must be seen if it goes on. */
const STEADY_MS = 1000;
const POLL_MS = 25;
/** The store is lost for longer than a lease lasts by so much. */
const BEYOND_TTL_MS = 1000;
/** The broker is away for so long. */
const BROKER_AWAY_MS = 3000;
/** That an instance is active, it says before it has written it down. */
const WRITTEN_MS = 250;
/** Changes of roles that one drill may bring about. */
const RECENT = 50;

/** Why a kind cannot be tried here; null: it can. */
export function whyImpossible(kind: DrillKind, { environment, target }: Pick<DrillSetting, 'environment' | 'target'>): string | null {
	if (kind !== 'broker-loss') return target.impossible[kind] ?? null;
	return environment.drill ? null : 'how to stop and start the broker is not configured (drill.stopBroker, drill.startBroker)';
}

/**
 * One fault: injected under load, watched, undone whatever happens.
 * @param aboutToBegin when everything that can be readied is
 */
export async function runDrill(
	kind: DrillKind,
	active: ActiveStatus,
	instances: Instance[],
	setting: DrillSetting,
	aboutToBegin: () => Promise<void>,
): Promise<DrillReport> {
	const { environment, target, clock, progress } = setting;
	const { check, fault } = numberedCheck(environment.checks);
	const url = (await target.router.status())?.url;
	const http = environment.checks.find((each): each is HttpCheck => 'http' in each);
	const messages = check ? await startMessages(check) : null;
	const requests = http && url ? startRequests(http, url) : null;
	const observer = observe(target, instances, { seat: active.seat, token: active.lease.token }, clock);
	let injection: Injection | null = null;
	try {
		await pause(STEADY_MS, setting);
		await aboutToBegin();
		progress(`${kind}: ${active.instance} is active`);
		injection = await inject(kind, active.instance, setting);
		const seen = await watch(kind, injection, { active, observer }, setting);
		await injection.undo();
		await pause(STEADY_MS, setting);
		await observer.stop();
		const doubleActiveMs = Math.round(observer.doubleActiveMs());
		const { outcome, faults } = judgeDrill(kind, { ...seen, from: active.instance, doubleActiveMs });
		const interrupted = setting.stopReason();
		return {
			kind,
			outcome: interrupted ? 'interrupted' : outcome,
			passed: interrupted ? null : faults.length === 0,
			from: active.instance,
			to: seen.to,
			cause: seen.cause,
			detectMs: seen.detectMs,
			takeoverMs: seen.takeoverMs,
			requests: (await requests?.finish()) ?? null,
			messages: (await messages?.finish()) ?? null,
			doubleActiveMs,
			note: [...(interrupted ? [interrupted] : faults), ...(fault ? [fault] : [])].join('; '),
		};
	} finally {
		await injection?.undo();
		await Promise.all([observer.stop(), requests?.finish(), messages?.finish()]);
	}
}

function inject(kind: DrillKind, instance: string, setting: DrillSetting): Promise<Injection> {
	const { environment, target, clock, runCommand } = setting;
	if (kind !== 'broker-loss') return target.inject(instance, kind);
	if (!environment.drill) throw new Error('broker-loss without a configuration'); // `whyImpossible` was asked
	const variables = { FLOWFERRY_ENVIRONMENT: environment.name, FLOWFERRY_INSTANCE: instance };
	return stopBroker(environment.drill, runCommand, { clock, variables, timeoutMs: environment.timeouts.hookMs });
}

interface Watched {
	active: ActiveStatus;
	observer: Observer;
}

interface Outcome {
	/** Whose flows ran within the time. */
	to: string | null;
	/** The active instance lost its lease. */
	lost: boolean;
	cause: RoleCause | null;
	detectMs: number | null;
	takeoverMs: number | null;
}

async function watch(kind: DrillKind, injection: Injection, { active, observer }: Watched, setting: DrillSetting): Promise<Outcome> {
	const { environment, target, clock } = setting;
	const { lease, timeouts } = environment;
	/** The first one first. */
	const changes = async () => {
		const recent = await target.failover.changes(RECENT);
		return recent.filter(({ seat, atMs }) => seat === active.seat && atMs >= injection.atMs).toReversed();
	};
	const activation = async () => (await changes()).find(({ role }) => role === 'active') ?? null;
	const sinceFault = (atMs: number | null | undefined) => (atMs === null || atMs === undefined ? null : Math.round(atMs - injection.atMs));
	/** Nothing is wrong with the instance itself: it may have gone on all the while. */
	const maySurvive = kind === 'store-loss' || kind === 'broker-loss';
	if (maySurvive) {
		await pause(kind === 'store-loss' ? lease.ttlMs + BEYOND_TTL_MS : BROKER_AWAY_MS, setting);
		await injection.undo();
	}
	const end = clock.nowMs() + lease.ttlMs + timeouts.hungMs + timeouts.activateMs;
	let to: { instance: string; atMs: number | null; cause: RoleCause | null } | null = null;
	for (; !to && !setting.stopReason() && clock.nowMs() < end; await sleep(POLL_MS)) {
		const { successor } = observer;
		to = (await activation()) ?? (successor === null ? null : { instance: successor, atMs: clock.nowMs(), cause: null });
		if (!to && maySurvive && observer.isActive(active.instance)) to = { instance: active.instance, atMs: null, cause: null };
	}
	// What an instance writes down is more exact, and may come a moment later, or not at all.
	if (to?.atMs && to.cause === null) {
		await sleep(WRITTEN_MS);
		to = (await activation()) ?? to;
	}
	const ended = (await changes()).find(({ role, token }) => role === 'standby' && token === active.lease.token);
	const answers = [ended?.atMs, observer.lostMs].filter((atMs): atMs is number => typeof atMs === 'number');
	return {
		to: to?.instance ?? null,
		lost: observer.lostMs !== null,
		cause: to?.cause ?? null,
		detectMs: answers.length > 0 ? sinceFault(Math.min(...answers)) : null,
		takeoverMs: sinceFault(to?.atMs),
	};
}

/** Shorter where it is broken off. */
async function pause(ms: number, { stopReason }: DrillSetting): Promise<void> {
	for (const end = performance.now() + ms; performance.now() < end && !stopReason(); ) await sleep(Math.min(POLL_MS, ms));
}
