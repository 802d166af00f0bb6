import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../adapters/atomic-file.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { GatewayState } from './protocol.ts';

/** The state that a gateway left; null where there is none. Throws GATEWAY_STATE_UNREADABLE where it is not a state. */
export async function readGatewayState(stateFile: string): Promise<GatewayState | null> {
	let text: string;
	try {
		text = await readFile(stateFile, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw unreadable(stateFile, error);
	}
	try {
		const state = JSON.parse(text) as GatewayState;
		if (Number.isInteger(state.pid) && typeof state.controlUrl === 'string' && typeof state.traffic?.state === 'string') return state;
	} catch (error) {
		throw unreadable(stateFile, error);
	}
	throw unreadable(stateFile);
}

/**
 * Replaces the state file. A reader sees the old or the new one, never half of one. Not flushed to the disk: after a
 * power loss the instances are gone as well, so the route of before has no use, and the flush would lengthen a hold.
 */
export async function writeGatewayState(stateFile: string, state: GatewayState): Promise<void> {
	await replaceFile(stateFile, `${JSON.stringify(state, null, '\t')}\n`, { durable: false });
}

function unreadable(stateFile: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'GATEWAY_STATE_UNREADABLE',
		message: `${stateFile} is not a readable state of the gateway`,
		hint: 'Stop the gateway, if it runs, by its process id; then remove the file and run `flowferry up`.',
		cause,
	});
}
