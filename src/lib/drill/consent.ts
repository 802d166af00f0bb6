import type { EnvironmentStatus } from '../cutover/environment-status.ts';
import { nothingServes } from '../cutover/promotion-errors.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { sparesOf } from '../failover/stands-by.ts';
import type { FlowVerdict } from '../lint/verdict.ts';

/** What must be known before a drill; what follows from it is pure. */
export type Known = Pick<EnvironmentStatus, 'health' | 'active' | 'slots' | 'failoverPaused' | 'promotion'>;

/** Why a drill could do harm: whoever drills all the same has to say so. */
export function findDangers({ health, active, slots, failoverPaused, promotion }: Known): string[] {
	const dangers: string[] = [];
	if (health.state === 'degraded') dangers.push(...health.reasons);
	else if (promotion) dangers.push(`promotion ${promotion.id} by ${promotion.by} is not finished`);
	if (failoverPaused) dangers.push(`automatic failover is paused by ${failoverPaused.by}: no spare would take over`);
	const spares = slots.filter(({ slot }) => slot === active?.slot).flatMap(sparesOf);
	if (spares.length === 0) dangers.push('no spare stands by');
	return dangers;
}

/**
 * Flows whose sources must not be connected twice: hardware, single accounts, listeners. An instance that was killed may leave a device or a
 * session in a state that the next one does not expect, so a person has to agree.
 * @param verdicts of the release that runs; null: its snapshot cannot be read
 */
export function findCareful(verdicts: readonly FlowVerdict[] | null): string[] {
	if (verdicts === null) return ['the snapshot of the release that runs cannot be read, so nothing is known of its flows'];
	return verdicts.flatMap(({ flowLabel, allows, because }) => {
		if (allows.some((strategy) => strategy !== 'exclusive')) return [];
		const why = because.find(({ strategy }) => strategy === 'gated' || strategy === 'any')?.reason;
		return [`the flow '${flowLabel}' must not be connected twice${why ? `: ${why}` : ''}`];
	});
}

/**
 * @param careful matters where nobody is asked
 * @throws FlowferryError DRILL_REFUSED, DRILL_NEEDS_CARE (exit 6)
 */
export function assertConsent(
	environment: string,
	{ dangers, careful }: { dangers: string[]; careful: string[] },
	given: { yes?: boolean; 'yes-really'?: boolean },
): void {
	if (given['yes-really']) return;
	if (dangers.length > 0) {
		throw new FlowferryError({
			code: 'DRILL_REFUSED',
			message: `a drill could do harm to ${environment} now: ${dangers.join('; ')}`,
			hint: `\`flowferry status ${environment}\` shows more; --yes-really drills all the same`,
			exitStatus: ExitStatus.declined,
		});
	}
	if (given.yes && careful.length > 0) {
		throw new FlowferryError({
			code: 'DRILL_NEEDS_CARE',
			message: `--yes is not enough for these flows: ${careful.join('; ')}`,
			hint: 'leave it out to be asked, or say --yes-really',
			exitStatus: ExitStatus.declined,
		});
	}
}

/**
 * Before anything is done, and again before each drill.
 * @throws FlowferryError NOTHING_SERVES, NOT_SERVING (exit 5)
 */
export function assertActive({
	environment,
	health,
	active,
}: Pick<EnvironmentStatus, 'environment' | 'health' | 'active'>): NonNullable<EnvironmentStatus['active']> {
	if (active) return active;
	if (health.state === 'empty') throw nothingServes(environment);
	throw new FlowferryError({
		code: 'NOT_SERVING',
		message: `no instance of ${environment} is active, so none can fail`,
		hint: `flowferry up ${environment} starts what has ended`,
		exitStatus: ExitStatus.needsOperator,
	});
}
