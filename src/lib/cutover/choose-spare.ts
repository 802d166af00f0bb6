import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { standsBy } from '../failover/stands-by.ts';
import type { InstanceStatus } from '../targets/instance.ts';

/** What is known of the slot that serves. */
export interface ServingSlot {
	environment: string;
	release: number;
	/** In their order; `status` null: its runner does not answer. */
	instances: { name: string; status: InstanceStatus | null }[];
}

/**
 * Between which two instances of a slot a switchover goes. Pure.
 * @param wanted the spare's name; default: the first that stands by, else the first that is on its way: it is waited for. One that does
 * not run may be named: it is started.
 * @throws FlowferryError NOT_SERVING (exit 5), ALREADY_ACTIVE, INSTANCE_UNKNOWN, SPARE_NOT_READY (exit 5), NO_SPARE (exit 2; 5 where there are spares, and none stands by)
 */
export function chooseSpare(slot: ServingSlot, wanted?: string): { from: string; to: string } {
	const from = activeOf(slot);
	return { from, to: wanted === undefined ? firstSpare(slot, from) : namedSpare(slot, from, wanted) };
}

function activeOf({ environment, release, instances }: ServingSlot): string {
	const active = instances.find(({ status }) => status !== null && status.lease !== null);
	if (active) return active.name;
	throw new FlowferryError({
		code: 'NOT_SERVING',
		message: `release ${release} does not serve in ${environment}: none of its instances is active`,
		hint: `flowferry up ${environment} starts what has ended`,
		exitStatus: ExitStatus.needsOperator,
	});
}

function firstSpare({ environment, release, instances }: ServingSlot, active: string): string {
	const spares = instances.filter(({ name }) => name !== active);
	const ready = spares.find(({ status }) => status && standsBy(status)) ?? spares.find(({ status }) => status?.state === 'starting');
	if (ready) return ready.name;
	if (spares.length === 0) {
		throw new FlowferryError({
			code: 'NO_SPARE',
			message: `release ${release} has no spare in ${environment}: ${active} is its only instance`,
			hint: `set instances to 2 or more in the configuration, then bring the release over again: flowferry promote ${environment} --again`,
		});
	}
	throw new FlowferryError({
		code: 'NO_SPARE',
		message: `no spare of release ${release} stands by in ${environment}: ${listSpares(spares)}`,
		hint: `flowferry up ${environment} starts what has ended; \`flowferry status ${environment}\` shows the rest, and its log tells why`,
		exitStatus: ExitStatus.needsOperator,
	});
}

function namedSpare({ environment, release, instances }: ServingSlot, active: string, wanted: string): string {
	const spares = instances.filter(({ name }) => name !== active);
	const others = spares.length > 0 ? `its spares are ${listSpares(spares)}` : 'it has no spare';
	if (wanted === active)
		throw new FlowferryError({ code: 'ALREADY_ACTIVE', message: `${wanted} is active in ${environment} already`, hint: others });
	const spare = spares.find(({ name }) => name === wanted);
	if (!spare) {
		throw new FlowferryError({
			code: 'INSTANCE_UNKNOWN',
			message: `${wanted} is no instance of release ${release}, which serves in ${environment}`,
			hint: `${others}; to another release leads flowferry promote or flowferry rollback`,
		});
	}
	if (spare.status === null || spare.status.state === 'starting' || standsBy(spare.status)) return spare.name;
	throw new FlowferryError({
		code: 'SPARE_NOT_READY',
		message: `${wanted} does not stand by in ${environment}: it is ${spare.status.state}`,
		hint: `its log tells more: ${spare.status.log}`,
		exitStatus: ExitStatus.needsOperator,
	});
}

function listSpares(spares: ServingSlot['instances']): string {
	return spares.map(({ name, status }) => (status ? `${name} (${status.state})` : `${name} (does not answer)`)).join(', ');
}
