import { setTimeout as sleep } from 'node:timers/promises';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { failuresOf } from './failures.ts';
import { type InstanceStatus, standing, startingOf, stoppedOf } from './instance.ts';

const POLL_MS = 25;

/** How a slot's instances, told by their index, come to stand by. */
interface Ways {
	/** For one that is on its way. */
	untilStanding: (index: number) => Promise<void>;
	/** What starts one; asked for only where one does not run. */
	starter: () => Promise<(index: number) => Promise<void>>;
}

/**
 * Starts those of a slot's instances that do not run, and waits for those on their way.
 * @param statuses of all, in order
 * @throws FlowferryError INSTANCE_NOT_STANDING, once all have come up or failed
 */
export async function allStanding(statuses: readonly (InstanceStatus | null)[], { untilStanding, starter }: Ways): Promise<void> {
	const stopped = stoppedOf(statuses);
	const start = stopped.length === 0 ? null : await starter();
	const [failure] = await failuresOf([...startingOf(statuses).map(untilStanding), ...(start ? stopped.map(start) : [])]);
	if (failure) throw failure;
}

/**
 * Waits for an instance to stand by, as long as a start may take.
 * @param hasEnded what its place knows of its end, where there is one
 * @returns why it does not; null as soon as it does
 */
export async function whyNotStanding(
	ask: () => Promise<InstanceStatus | null>,
	startMs: number,
	hasEnded: (status: InstanceStatus | null) => Promise<string | null>,
): Promise<string | null> {
	const deadline = performance.now() + startMs;
	while (performance.now() < deadline) {
		const status = await ask();
		if (status && standing.includes(status.state)) return null;
		if (status?.state === 'failed') return `Node-RED ended ${status.crashes} times`;
		const ended = await hasEnded(status);
		if (ended !== null) return ended;
		await sleep(POLL_MS);
	}
	return `it did not stand by within ${startMs} ms (timeouts.startMs)`;
}

/** @param log where its log is: a file, or the command that shows it */
export function notStanding(instance: string, reason: string, log: string): FlowferryError {
	return new FlowferryError({
		code: 'INSTANCE_NOT_STANDING',
		message: `${instance} does not come up: ${reason}`,
		hint: `its log tells more: ${log}`,
		exitStatus: ExitStatus.needsOperator,
	});
}
