import type { NamedEnvironment } from '../config/environment-of.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { FailoverPause, RoleChange } from '../failover/failover-store.ts';
import { sparesOf } from '../failover/stands-by.ts';
import type { LeaseRecord } from '../lease/lease.ts';
import type { PromotionRecord, Release, SlotName } from '../promotion/journal.ts';
import { slotNames, slotOf } from '../promotion/journal.ts';
import type { RouterKind, RouterStatus } from '../routers/router.ts';
import { routerNames } from '../routers/router.ts';
import type { InstanceStatus } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';
import { askAll } from './slot-instances.ts';

export interface SlotStatus {
	slot: SlotName;
	release: Release | null;
	/** What the instances themselves say; `status` null: it does not answer. */
	instances: { name: string; status: InstanceStatus | null }[];
}

/**
 * - `empty`: nothing was ever promoted, or the first promotion is paused
 * - `down`: nothing runs
 * - `serving`: one release is active in every seat, and the router sends traffic to it
 * - `degraded`: anything else; `reasons` say what
 */
export type Health = { state: 'empty' } | { state: 'down' } | { state: 'serving' } | { state: 'degraded'; reasons: string[] };

/** The contract of `status --json`. */
export interface EnvironmentStatus {
	environment: string;
	mode: NamedEnvironment['mode'];
	health: Health;
	/** The release whose flows run; null where none do. */
	active: { slot: SlotName; release: number; snapshot: string } | null;
	slots: SlotStatus[];
	/** The router that the configuration names. */
	router: RouterKind;
	/** What the router says, whichever it is; null where it does not run, or does not answer. */
	gateway: RouterStatus | null;
	leases: LeaseRecord[];
	/** Instances that an autoscaler has just added: that they do not run yet is no fault. */
	coming: string[];
	/** Automatic failover is off, and since when; null where it is on. */
	failoverPaused: FailoverPause | null;
	/** From one instance to another, or back into service: those that nobody asked for, and forced ones; the latest first. */
	failovers: RoleChange[];
	/** `timeouts.hungMs`: an event loop that stands still for so long is taken for hung. */
	hungMs: number;
	/** A promotion that is under way, paused, or was interrupted. */
	promotion: PromotionRecord | null;
	history: PromotionRecord[];
}

const HISTORY = 5;
/** Changes of role, most of which somebody asked for. */
const LOOKED_THROUGH = 200;

function isFailover({ role, cause, before }: RoleChange): boolean {
	return role === 'active' && (cause !== 'asked' || before !== null);
}

/** Asks the instances, the router and the lease store: what is, not what should be. */
export async function inspectEnvironment(environment: NamedEnvironment, target: Target): Promise<EnvironmentStatus> {
	const oddities = await target.oddities();
	// Side by side, so that what does not answer costs one time-out.
	const [slots, { gateway, gatewayFault }, coming] = await Promise.all([askSlots(target), askRouter(target), target.coming()]);
	const promotion = await target.journal.unfinished();
	const active = activeOf(slots);
	return {
		environment: environment.name,
		mode: environment.mode,
		health: judgeHealth({ ...environment, environment: environment.name, slots, gateway, gatewayFault, promotion, coming, oddities }),
		active: active?.release ? { slot: active.slot, release: active.release.number, snapshot: active.release.snapshot } : null,
		slots,
		router: environment.router,
		gateway,
		leases: await target.leases.list(),
		coming,
		failoverPaused: (await target.failover.intent()).paused,
		failovers: (await target.failover.changes(LOOKED_THROUGH)).filter(isFailover).slice(0, HISTORY),
		hungMs: environment.timeouts.hungMs,
		promotion,
		history: await target.journal.history(HISTORY),
	};
}

/** @throws FlowferryError NOT_SERVING (exit 5) where it does not run as it should */
export function assertServing({ environment, health }: EnvironmentStatus, release: number): void {
	if (health.state === 'serving') return;
	const why = health.state === 'degraded' ? health.reasons.join('; ') : `it is ${health.state}`;
	throw new FlowferryError({
		code: 'NOT_SERVING',
		message: `${environment} has this snapshot already, as release ${release}, but it does not serve as it should: ${why}`,
		hint: `flowferry up ${environment} starts what has ended`,
		exitStatus: ExitStatus.needsOperator,
	});
}

async function askSlots(target: Target): Promise<SlotStatus[]> {
	const held = await target.journal.slots();
	return await Promise.all(
		slotNames.map(async (slot) => ({ slot, release: held[slot], instances: await askAll(await target.instances(slot)) })),
	);
}

/** One that runs and does not answer is a finding, not an end of the inspection. */
async function askRouter({ router }: Target): Promise<{ gateway: RouterStatus | null; gatewayFault: string | null }> {
	try {
		return { gateway: await router.status(), gatewayFault: null };
	} catch (error) {
		return { gateway: null, gatewayFault: (error as Error).message };
	}
}

interface Known extends Pick<EnvironmentStatus, 'environment' | 'slots' | 'router' | 'gateway' | 'promotion' | 'mode' | 'coming'> {
	/** As configured, in each slot. */
	instances: number;
	/** Why a router that runs could not be asked. */
	gatewayFault: string | null;
	/** What the target finds of itself: `Target.oddities`. */
	oddities: string[];
}

/** Pure. */
export function judgeHealth(known: Known): Health {
	const { slots, router, gateway, gatewayFault, promotion, mode, coming, oddities } = known;
	if (slots.every(({ release }) => release === null) && !promotion) return { state: 'empty' };
	if (!gateway && !gatewayFault && slots.every(({ instances }) => instances.every(({ status }) => status === null)))
		return { state: 'down' };

	const paused = promotion?.state.kind === 'paused';
	if (paused && promotion.from === null) return { state: 'empty' };

	const reasons: string[] = [];
	if (promotion && !paused) reasons.push(`promotion ${promotion.id} by ${promotion.by} is unfinished`);
	const running = slots.flatMap(({ slot, instances }) => instances.map(({ name, status }) => ({ slot, name, status })));
	const active = running.filter(({ status }) => status?.state === 'active');
	const activeSlots = new Set(active.map(({ slot }) => slot));
	if (active.length === 0) reasons.push('no instance is active');
	if (activeSlots.size > 1) reasons.push('instances of both slots are active');
	if (mode === 'hot-spare' && active.length > 1) reasons.push(`${active.length} instances are active`);
	const roles = active.flatMap(({ status }) => status?.primary ?? []);
	if (roles.length > 0 && !roles.includes(true)) reasons.push('no instance is the primary: no timer fires');
	for (const { slot, instances } of slots) {
		for (const { name, status } of instances) {
			if (coming.includes(name) && mayBeComing(status)) continue;
			if (!status) reasons.push(`${name} does not answer`);
			else if (status.state === 'failed') reasons.push(doesNotComeUp(name, status));
			else if (mode === 'load-balanced' && activeSlots.has(slot) && status.state !== 'active') reasons.push(`${name} is ${status.state}`);
			else if (status.state === 'quiesced') reasons.push(`${name} is quiesced`);
			else if (status.state === 'active' && status.drifted && status.agent?.flows === 'stopped')
				reasons.push(`the flows that somebody deployed on ${name} do not run; its log tells why: ${status.log}`);
		}
	}
	for (const slot of slots) if (activeSlots.has(slot.slot)) reasons.push(...lackOfSpares(slot, known));
	if (!gateway) reasons.push(gatewayFault ?? `${routerNames[router]} does not run`);
	else if (!routesTo(gateway, activeSlots, active))
		reasons.push(`${routerNames[router]}'s traffic is ${gateway.traffic.state}, not flowing to what is active`);
	reasons.push(...oddities);
	return reasons.length === 0 ? { state: 'serving' } : { state: 'degraded', reasons };
}

/** Not yet active, and nothing is wrong with that in its first moments. */
function mayBeComing(status: InstanceStatus | null): boolean {
	return status === null || ['starting', 'standby', 'activating'].includes(status.state);
}

/** Its Node-RED ended several times in a row: a boot loop. */
function doesNotComeUp(name: string, { crashes, log }: InstanceStatus): string {
	return `${name} does not come up: its Node-RED has ended ${crashes} times, and is started again ever more slowly; its log tells why: ${log}`;
}

/** Where nobody stands by, the next failure of the active instance is an outage. */
function lackOfSpares(slot: SlotStatus, { mode, instances, environment }: Known): string[] {
	if (mode !== 'hot-spare' || instances < 2 || sparesOf(slot).length > 0) return [];
	return [`no spare stands by in ${slot.slot}: ${remedyFor(slot, environment, instances)}`];
}

function remedyFor(slot: SlotStatus, environment: string, instances: number): string {
	if (slot.instances.length < 2)
		return `its release was promoted with one instance; flowferry promote ${environment} --again gives it ${instances}`;
	const others = slot.instances.filter(({ status }) => status?.state !== 'active');
	if (others.some(({ status }) => status === null)) return `flowferry up ${environment} starts what has ended`;
	const coming = others.find(({ status }) => status?.state !== 'failed');
	return coming ? `${coming.name} is ${coming.status?.state}, which takes a moment` : 'mend what keeps them from coming up';
}

/** In load-balanced mode one of the upstreams may just be starting again; in hot-spare mode there is one alone. */
function routesTo({ traffic }: RouterStatus, activeSlots: Set<SlotName>, active: { name: string }[]): boolean {
	if (traffic.state !== 'flowing') return false;
	const upstreams = traffic.upstreams.map(({ instance }) => instance);
	return upstreams.every((instance) => activeSlots.has(slotOf(instance))) && active.some(({ name }) => upstreams.includes(name));
}

function activeOf(slots: SlotStatus[]): SlotStatus | undefined {
	return slots.find(({ instances }) => instances.some(({ status }) => status?.state === 'active'));
}
