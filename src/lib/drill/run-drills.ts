import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentStatus } from '../cutover/environment-status.ts';
import { inspectEnvironment } from '../cutover/environment-status.ts';
import { acquirePromotionLock } from '../cutover/lock.ts';
import { activeInstances } from '../cutover/slot-instances.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { InstanceStatus } from '../targets/instance.ts';
import { assertActive, findDangers } from './consent.ts';
import type { DrillKind, DrillOutcome, DrillReport, DrillResult } from './drill.ts';
import type { ActiveStatus, DrillSetting } from './run-drill.ts';
import { runDrill, whyImpossible } from './run-drill.ts';

const POLL_MS = 250;
/** Errors before anything has happened. */
const notBegun: ReadonlySet<string> = new Set(['FAULT_IMPOSSIBLE', 'DRILL_MESSAGES']);

/**
 * One drill after the other, each when the environment serves with a spare again. It ends with the first that leaves it otherwise.
 * @throws FlowferryError NOTHING_SERVES, NOT_SERVING (exit 5), LOCKED (exit 6) where somebody changes the environment
 */
export async function runDrills(kinds: readonly DrillKind[], setting: DrillSetting): Promise<DrillResult> {
	const { environment, target, stopReason } = setting;
	const drills: DrillReport[] = [];
	let status = await inspectEnvironment(environment, target);
	const { release } = assertActive(status);
	let isReady = true;
	for (const kind of kinds) {
		const impossible = whyImpossible(kind, setting);
		if (impossible) drills.push(without('not possible', kind, impossible));
		else if (stopReason() || !isReady) drills.push(without('interrupted', kind, stopReason() ?? 'the environment does not serve'));
		else {
			drills.push(await drillUnderLock(kind, setting));
			status = await untilReady(setting);
			isReady = findDangers(status).length === 0;
		}
	}
	const { health } = status;
	const reasons = health.state === 'serving' ? [] : health.state === 'degraded' ? health.reasons : [`it is ${health.state}`];
	return { environment: environment.name, release, drills, serving: reasons.length === 0, reasons };
}

/** Nobody else is to change the environment meanwhile. */
async function drillUnderLock(kind: DrillKind, setting: DrillSetting): Promise<DrillReport> {
	const { environment, target, clock, by } = setting;
	const lock = await acquirePromotionLock(target.leases, clock, by, { ttlMs: environment.timeouts.lockMs });
	try {
		const { slot } = assertActive(await inspectEnvironment(environment, target));
		const instances = await target.instances(slot);
		const active = (await activeInstances(instances)).map(({ status }) => status).find(holdsLease);
		if (!active) return without('interrupted', kind, 'the active instance ended by itself');
		// While nobody can write into the store, the lock cannot be renewed, nor can anybody take it.
		return await runDrill(kind, active, instances, setting, async () => {
			if (kind === 'store-loss') await lock.release();
		});
	} catch (error) {
		// What was done before it is to be told all the same.
		if (!(error instanceof FlowferryError) || !notBegun.has(error.code)) throw error;
		return { ...without('not possible', kind, error.message), passed: false };
	} finally {
		await lock.release();
	}
}

function holdsLease(status: InstanceStatus): status is ActiveStatus {
	return status.lease !== null;
}

/** What was ended comes back as a spare; the time for that is an instance's start. */
async function untilReady({ environment, target, progress, stopReason }: DrillSetting): Promise<EnvironmentStatus> {
	progress('waiting for a spare to stand by');
	for (const end = performance.now() + environment.timeouts.startMs; ; await sleep(POLL_MS)) {
		const status = await inspectEnvironment(environment, target);
		if (findDangers(status).length === 0 || performance.now() > end || stopReason()) return status;
	}
}

/** A drill of which there is nothing to report but why. */
function without(outcome: DrillOutcome, kind: DrillKind, note: string): DrillReport {
	return {
		kind,
		outcome,
		passed: null,
		from: null,
		to: null,
		cause: null,
		detectMs: null,
		takeoverMs: null,
		requests: null,
		messages: null,
		doubleActiveMs: 0,
		note,
	};
}
