import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commandLineOf, isAlive, isGoneWithin } from '../../adapters/process-identity.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { callGateway } from './control-client.ts';
import type { GatewayAccess } from './gateway-router.ts';
import type { GatewayState } from './protocol.ts';
import { readGatewayState } from './state-file.ts';

/** The gateway gives requests in flight 5 s, so it needs longer only when it is stuck. */
const defaultStopMs = 10_000;

/**
 * Ends the gateway and forgets its traffic; nothing to do where none runs. One that does not end in time is killed.
 * Throws GATEWAY_NOT_STOPPED where not even that helps.
 */
export async function stopGateway(access: GatewayAccess, stopMs = defaultStopMs): Promise<void> {
	const state = await readGatewayState(access.stateFile);
	if (state === null) return;
	if (isAlive(state.pid)) await end(state, access, stopMs);
	await rm(access.stateFile, { force: true });
}

async function end(state: GatewayState, { tokenFile, stateFile }: GatewayAccess, stopMs: number): Promise<void> {
	// A gateway that is stuck, or whose token is lost, is ended by its process id below.
	const asked = await callGateway(state.controlUrl, tokenFile, { method: 'POST', path: '/shutdown' }).catch(() => null);
	if (asked !== null && (await isGoneWithin(state.pid, stopMs))) return;
	if (!(await isGateway(state.pid, dirname(stateFile)))) return;
	process.kill(state.pid, 'SIGKILL');
	if (await isGoneWithin(state.pid, stopMs)) return;
	throw new FlowferryError({
		code: 'GATEWAY_NOT_STOPPED',
		message: `The gateway, process ${state.pid}, does not end`,
		hint: `End process ${state.pid} by hand, then run the command again.`,
		exitStatus: ExitStatus.internal,
	});
}

/** This folder's gateway: else the process id has gone to another program, which must not be touched. */
async function isGateway(pid: number, directory: string): Promise<boolean> {
	const commandLine = (await commandLineOf(pid)) ?? '';
	return commandLine.includes(join('dist', 'gateway', 'main.js')) && commandLine.includes(directory);
}
