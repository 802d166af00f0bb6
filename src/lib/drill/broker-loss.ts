import type { MonotonicClock } from '../adapters/clock.ts';
import type { RunUserCommand, UserCommandResult } from '../adapters/user-command.ts';
import type { DrillConfig } from '../config/drill.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Injection } from '../targets/fault.ts';

/**
 * Takes the broker of the flows away, by the user's own command.
 * @throws FlowferryError FAULT_IMPOSSIBLE where that fails, with the broker started again
 */
export async function stopBroker(
	{ stopBroker: stop, startBroker: start }: DrillConfig,
	run: RunUserCommand,
	{ clock, variables, timeoutMs }: { clock: Pick<MonotonicClock, 'nowMs'>; variables: Record<string, string>; timeoutMs: number },
): Promise<Injection> {
	let undone: Promise<void> | null = null;
	const startAgain = async () => {
		const result = await run({ command: start, variables, timeoutMs });
		if (!result.passed) throw failed('startBroker', result);
	};
	const undo = () => {
		undone ??= startAgain();
		return undone;
	};
	const atMs = clock.nowMs();
	const result = await run({ command: stop, variables, timeoutMs });
	if (result.passed) return { atMs, undo };
	await undo();
	throw failed('stopBroker', result);
}

function failed(key: string, { how, lastLines }: UserCommandResult): FlowferryError {
	return new FlowferryError({ code: 'FAULT_IMPOSSIBLE', message: `drill.${key} failed: it ${[how, ...lastLines].join('\n  ')}` });
}
