import { FlowferryError } from '../../errors/flowferry-error.ts';
import { readStateFile, writeStateFile } from '../state-file.ts';
import type { GatewayState } from './protocol.ts';

/** The state that a gateway left; null where there is none. Throws GATEWAY_STATE_UNREADABLE where it is not a state. */
export async function readGatewayState(stateFile: string): Promise<GatewayState | null> {
	const isState = ({ pid, controlUrl, traffic }: Partial<GatewayState>) =>
		Number.isInteger(pid) && typeof controlUrl === 'string' && typeof traffic?.state === 'string';
	return await readStateFile(stateFile, isState, (cause) => unreadable(stateFile, cause));
}

export async function writeGatewayState(stateFile: string, state: GatewayState): Promise<void> {
	await writeStateFile(stateFile, state);
}

function unreadable(stateFile: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'GATEWAY_STATE_UNREADABLE',
		message: `${stateFile} is not a readable state of the gateway`,
		hint: 'Stop the gateway, if it runs, by its process id; then remove the file and run `flowferry up`.',
		cause,
	});
}
