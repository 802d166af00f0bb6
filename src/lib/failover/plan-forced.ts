import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { instanceOf } from '../lease/holder.ts';
import type { LeaseRecord } from '../lease/lease.ts';
import type { InstanceStatus } from '../targets/instance.ts';
import { movesTheSeat } from './decide.ts';
import type { Intent } from './failover-store.ts';
import { standsBy } from './stands-by.ts';

/** What is known of an environment in hot-spare mode when a failover is forced. */
export interface ForcedFailoverFacts {
	environment: string;
	/** The serving slot's, in their order; `status` null: its runner does not answer. */
	instances: { name: string; status: InstanceStatus | null }[];
	leases: LeaseRecord[];
	intent: Intent;
}

/** How a forced failover goes. */
export interface ForcedFailover {
	/** Who has the seat, and whether its runner answers; null: nobody has. */
	from: (LeaseRecord & { instance: string; answers: boolean }) | null;
	/** The spare that stands by. */
	spare: string;
	seat: string;
	/** `watch`: the spare takes the seat by its own watch; `order`: it is told to, since automatic failover is paused. */
	by: 'watch' | 'order';
}

/**
 * Decides how the seat is to change hands, or why it must not: without a spare, nobody would run the flows. Pure.
 * @throws FlowferryError NO_SPARE, SEAT_MOVES, NOT_SERVING (exit 5)
 */
export function planForcedFailover({ environment, instances, leases, intent }: ForcedFailoverFacts): ForcedFailover {
	if (intent.promotion && movesTheSeat(intent.promotion)) {
		throw new FlowferryError({
			code: 'SEAT_MOVES',
			message: `a promotion moves the active role in ${environment} from one release to another`,
			hint: `flowferry status ${environment} shows where it stands; flowferry resume ${environment} ends it`,
			exitStatus: ExitStatus.needsOperator,
		});
	}
	if (instances.every(({ status }) => status === null)) {
		throw new FlowferryError({
			code: 'NOT_SERVING',
			message: `no instance of ${environment} answers: nothing is there to fail over to`,
			hint: `flowferry up ${environment} starts what has ended`,
			exitStatus: ExitStatus.needsOperator,
		});
	}
	const spare = instances.find(({ status }) => status && standsBy(status));
	if (!spare?.status) throw noSpare(environment, instances, leases);
	const { seat } = spare.status;
	const held = leases.find((lease) => lease.seat === seat);
	const instance = held && instanceOf(held.holder);
	const active = instances.find(({ name }) => name === instance);
	if (held && !active) {
		throw new FlowferryError({
			code: 'NOT_SERVING',
			message: `${instance} has the active role in ${environment}, and is no instance of the release that serves`,
			hint: `flowferry status ${environment} shows who is who; flowferry down and flowferry up put it right`,
			exitStatus: ExitStatus.needsOperator,
		});
	}
	return {
		from: held && active ? { ...held, instance: active.name, answers: active.status !== null } : null,
		spare: spare.name,
		seat,
		by: intent.paused ? 'order' : 'watch',
	};
}

function noSpare(environment: string, instances: ForcedFailoverFacts['instances'], leases: LeaseRecord[]): FlowferryError {
	const holders = leases.map(({ holder }) => instanceOf(holder));
	const others = instances.filter(({ name, status }) => status?.lease == null && !holders.includes(name));
	const remedy =
		instances.length < 2
			? `set instances to 2 or more in the configuration, then flowferry promote ${environment} --again`
			: `wait until one stands by (flowferry status ${environment} --watch); flowferry up ${environment} starts what has ended`;
	const found = others.map(({ name, status }) => `${name} ${status ? `is ${status.state}` : 'does not answer'}`).join(', ');
	return new FlowferryError({
		code: 'NO_SPARE',
		message: `no spare stands by in ${environment}${found ? `: ${found}` : ''}; a failover would leave nobody to run the flows`,
		hint: remedy,
		exitStatus: instances.length < 2 ? ExitStatus.usage : ExitStatus.needsOperator,
	});
}
