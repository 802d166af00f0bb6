import { nothingServes } from '../cutover/promotion-errors.ts';
import { activeInstances, type KnownInstance } from '../cutover/slot-instances.ts';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Release } from '../promotion/journal.ts';
import { servingRelease } from '../promotion/serving.ts';
import type { LoadedFlows } from '../targets/instance.ts';
import type { Target } from '../targets/target.ts';

/** What an active instance really has loaded. */
export interface Running {
	environment: string;
	/** What it should run. */
	release: Release;
	/** `blue/0`. */
	instance: string;
	loaded: LoadedFlows;
	/** Other active instances that run other flows than this one: in load-balanced mode each may have been changed by itself. */
	unlike: string[];
}

/**
 * Asks the active instances; of several, one that was changed in place.
 * @throws FlowferryError NOTHING_SERVES, NOTHING_RUNS (exit 5), RUNNING_SILENT (exit 5)
 */
export async function readRunning(environment: string, target: Target, timeoutMs: number): Promise<Running> {
	const serving = await servingRelease(target);
	if (!serving) throw nothingServes(environment);
	return await readActive(environment, serving.release, await activeInstances(await target.instances(serving.slot)), timeoutMs);
}

/** The same, of instances that are known to be active. @throws FlowferryError NOTHING_RUNS (exit 5), RUNNING_SILENT (exit 5) */
export async function readActive(environment: string, release: Release, active: KnownInstance[], timeoutMs: number): Promise<Running> {
	const chosen = active.find(({ status }) => status.drifted) ?? active[0];
	if (!chosen) throw nothingRuns(environment);
	const { name: instance } = chosen.instance;
	const loaded = await chosen.instance.flows(timeoutMs).catch((error) => {
		throw silent(environment, instance, error);
	});
	return { environment, release, instance, loaded, unlike: namesOfUnlike(active, loaded.rev) };
}

function namesOfUnlike(active: KnownInstance[], rev: string): string[] {
	return active.flatMap(({ instance, status: { agent } }) => (agent && agent.rev !== rev ? [instance.name] : []));
}

function silent(environment: string, instance: string, cause: Error): FlowferryError {
	return new FlowferryError({
		code: 'RUNNING_SILENT',
		message: `${instance} of ${environment} does not tell what it runs: ${cause.message}`,
		hint: `it may be busy, or starting anew: try again; \`flowferry status ${environment}\` shows it`,
		exitStatus: ExitStatus.needsOperator,
		cause,
	});
}

/** Exit status 5. */
export function nothingRuns(environment: string): FlowferryError {
	return new FlowferryError({
		code: 'NOTHING_RUNS',
		message: `no instance of ${environment} is active: nobody can tell what it runs`,
		hint: `\`flowferry status ${environment}\` tells why, \`flowferry up ${environment}\` starts what has ended`,
		exitStatus: ExitStatus.needsOperator,
	});
}
