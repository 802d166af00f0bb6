import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentConfig } from '../config/schema.ts';
import type { Mode } from '../flows/mode.ts';
import type { Upstream } from '../routers/router.ts';
import type { Instance, InstanceStatus } from '../targets/instance.ts';

const POLL_MS = 50;

/** An instance with what its runner says of it. */
export interface KnownInstance {
	instance: Instance;
	status: InstanceStatus;
}

/** What the runner of each says; null where none answers. */
export async function askAll(instances: Instance[]): Promise<{ name: string; status: InstanceStatus | null }[]> {
	return await Promise.all(instances.map(async (instance) => ({ name: instance.name, status: await instance.status() })));
}

/** Those whose runner answers. */
export async function knownInstances(instances: Instance[]): Promise<KnownInstance[]> {
	const statuses = await Promise.all(instances.map((instance) => instance.status()));
	return instances.flatMap((instance, index) => {
		const status = statuses[index];
		return status ? [{ instance, status }] : [];
	});
}

/** Those that hold a seat's lease. */
export async function activeInstances(instances: Instance[]): Promise<KnownInstance[]> {
	return (await knownInstances(instances)).filter(({ status }) => status.lease !== null);
}

/** The holder to whom the seat is handed over: the one whose flows wait behind a gate, else the first that stands by. */
export function successorOf(seat: string, known: KnownInstance[]): string | null {
	const inState = (state: InstanceStatus['state']) => known.find(({ status }) => status.seat === seat && status.state === state);
	return (inState('gated') ?? inState('standby'))?.status.holder ?? null;
}

/** In hot-spare mode the one that is active already, else one behind a gate, standing by or on its way; in load-balanced mode all. */
export async function instancesToActivate(instances: Instance[], mode: Mode): Promise<Instance[]> {
	if (mode === 'load-balanced') return instances;
	const [chosen] = toActivate(await knownInstances(instances), mode);
	return chosen ? [chosen.instance] : instances.slice(0, 1);
}

/** The same of instances that are known already. */
export function toActivate(known: KnownInstance[], mode: Mode): KnownInstance[] {
	if (mode === 'load-balanced') return known;
	const inState = (state: InstanceStatus['state']) => known.find(({ status }) => status.state === state);
	const chosen = known.find(({ status }) => status.lease !== null) ?? inState('gated') ?? inState('standby') ?? inState('starting');
	return chosen ? [chosen] : [];
}

/**
 * Has those run the flows that are to. In hot-spare mode a spare may be faster and take the seat by itself: then it is the one.
 * @throws Error the first refusal
 */
export async function runFlows(instances: Instance[], { mode, timeouts }: Pick<EnvironmentConfig, 'mode' | 'timeouts'>): Promise<void> {
	const chosen = await instancesToActivate(instances, mode);
	const results = await Promise.allSettled(chosen.map((instance) => instance.activate(timeouts.activateMs)));
	const failed = results.find((result) => result.status === 'rejected');
	if (!failed || (mode === 'hot-spare' && (await activeInstances(instances)).length > 0)) return;
	throw failed.reason;
}

/** The same where sources may be closed: they open only with a stop and a start of the flows. @throws Error the first refusal */
export async function runFlowsAgain(instances: Instance[], environment: Pick<EnvironmentConfig, 'mode' | 'timeouts'>): Promise<void> {
	for (const { instance, status } of await activeInstances(instances)) {
		if (status.state === 'quiesced') await instance.demote({ handOverTo: null, timeoutMs: environment.timeouts.handOverMs });
	}
	await runFlows(instances, environment);
}

/**
 * Where the active instances serve. One whose Node-RED is just being started again after a crash is waited for.
 * @throws Error where none serves by then
 */
export async function untilUpstreams(instances: Instance[], timeoutMs: number): Promise<Upstream[]> {
	const end = performance.now() + timeoutMs;
	for (;;) {
		const active = await activeInstances(instances);
		const upstreams = active.flatMap(({ status }) => (status.url ? [{ instance: status.instance, url: status.url }] : []));
		if (upstreams.length > 0 && upstreams.length === active.length) return upstreams;
		if (active.length === 0 || performance.now() >= end) {
			if (upstreams.length > 0) return upstreams;
			throw new Error(`no instance of ${instances.map(({ name }) => name).join(', ') || 'the slot'} serves`);
		}
		await sleep(POLL_MS);
	}
}

/** Flows that run behind a gate stop; whatever else an instance does stays as it is. */
export async function ungate(instances: Instance[], timeoutMs: number): Promise<void> {
	for (const { instance, status } of await knownInstances(instances)) {
		if (status.state === 'gated') await instance.demote({ handOverTo: null, timeoutMs });
	}
}
