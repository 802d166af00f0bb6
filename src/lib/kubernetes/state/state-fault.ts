import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';

/** @param place the object @param remedy what to do, as an instruction */
export function unusable(place: string, problem: string, remedy: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'STATE_UNUSABLE',
		message: `the environment's state in ${place} cannot be used: ${problem}`,
		hint: remedy,
		exitStatus: ExitStatus.needsOperator,
		cause,
	});
}
