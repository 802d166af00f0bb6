import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowProblem, Instance } from '../targets/instance.ts';
import type { KnownInstance } from './slot-instances.ts';
import { activeInstances } from './slot-instances.ts';

/** A listening node reports a taken port within a turn or two of the event loop; Node-RED says 'started' before. */
const SETTLE_MS = 150;

/** Node.js's codes for a port that cannot be listened on. Node-RED logs them and goes on without; we do not. */
const CANNOT_LISTEN = /\b(EADDRINUSE|EADDRNOTAVAIL|EACCES)\b/;

/** How often each instance's Node-RED had ended, by instance: what more there is has ended since. */
export type Crashes = ReadonlyMap<string, number>;

export interface Verified {
	/** Errors that the flows logged and that need no going back. */
	problems: FlowProblem[];
	/** What the instances say of themselves after the checks. */
	active: KnownInstance[];
}

/**
 * Proves that the instances really serve: they stay up, every listener has its port, and the checks pass.
 * @param seats how many are to be active
 * @param check the user's checks; throws where one fails
 * @param before default: as it is when this begins
 * @throws Error that says what does not serve
 */
export async function verifyInstances(
	instances: Instance[],
	seats: number,
	check: (active: KnownInstance[]) => Promise<void>,
	before?: Crashes,
): Promise<Verified> {
	const active = await activeInstances(instances);
	if (active.length < seats)
		throw new Error(`${active.length === 0 ? 'no instance is' : `only ${active.length} of ${seats} instances are`} active`);
	const crashes = before ?? crashesOf(active);
	await sleep(SETTLE_MS);
	await check(active);

	const problems: FlowProblem[] = [];
	const after = await activeInstances(instances);
	for (const { status: first } of active) {
		const status = after.find(({ status }) => status.instance === first.instance)?.status;
		if (first.state !== 'active' || status?.state !== 'active' || status.crashes > (crashes.get(first.instance) ?? 0))
			throw new Error(`${first.instance} does not stay active: its Node-RED ended (its log tells more: ${first.log})`);
		for (const problem of status.agent?.problems ?? []) {
			if (CANNOT_LISTEN.test(problem.message)) throw new Error(`${status.instance}: ${describe(problem)}`);
			problems.push(problem);
		}
	}
	return { problems, active: after };
}

export function crashesOf(active: KnownInstance[]): Crashes {
	return new Map(active.map(({ status }) => [status.instance, status.crashes]));
}

function describe({ node, message }: FlowProblem): string {
	return node ? `${node.type} '${node.name || node.id}': ${message}` : message;
}
