import { readFile } from 'node:fs/promises';
import { ControlFailure, ControlUnreachable, callControl } from '../../control/client.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { GatewayStatus } from './protocol.ts';

/** A gateway answers within milliseconds; one that has not by then is stuck. */
const answerMs = 3_000;

export type ControlCall =
	| { method: 'GET'; path: '/status' }
	| { method: 'PUT'; path: '/traffic'; body: unknown }
	| { method: 'POST'; path: '/shutdown' };

/** One call to the control API. Null where nobody listens there; throws FlowferryError on anything else than success. */
export async function callGateway(controlUrl: string, tokenFile: string, call: ControlCall): Promise<GatewayStatus | null> {
	const address = { url: controlUrl, token: await readToken(tokenFile) };
	try {
		return (await callControl(address, call.method, call.path, 'body' in call ? call.body : {}, answerMs)) as GatewayStatus;
	} catch (error) {
		if (error instanceof ControlFailure)
			throw error.code === 'UNAUTHORIZED' ? wrongToken(controlUrl, tokenFile) : refused(controlUrl, call, error);
		if (error instanceof ControlUnreachable && error.gone) return null;
		throw new FlowferryError({
			code: 'GATEWAY_UNRESPONSIVE',
			message: `The gateway's control API at ${controlUrl} does not answer: ${(error as Error).message}`,
			hint: 'Look into its log; `flowferry down` ends it and `flowferry up` starts it again.',
			exitStatus: ExitStatus.internal,
			cause: error,
		});
	}
}

async function readToken(tokenFile: string): Promise<string> {
	try {
		return (await readFile(tokenFile, 'utf8')).trim();
	} catch (cause) {
		throw new FlowferryError({
			code: 'GATEWAY_TOKEN_MISSING',
			message: `The gateway's token cannot be read from ${tokenFile}: ${(cause as Error).message}`,
			hint: 'Run as the user who started the gateway. If the file is lost, end the gateway by its process id and run `flowferry up`.',
			cause,
		});
	}
}

function wrongToken(controlUrl: string, tokenFile: string): FlowferryError {
	return new FlowferryError({
		code: 'GATEWAY_TOKEN_WRONG',
		message: `The gateway at ${controlUrl} does not accept the token of ${tokenFile}`,
		hint: 'The file was replaced while the gateway ran, or another program has the port. End the gateway and run `flowferry up`.',
	});
}

function refused(controlUrl: string, call: ControlCall, { message }: ControlFailure): FlowferryError {
	return new FlowferryError({
		code: 'GATEWAY_REFUSED',
		message: `The gateway at ${controlUrl} refused ${call.method} ${call.path}: ${message}`,
		hint: 'Look into its log. The traffic is as it was before.',
		exitStatus: ExitStatus.internal,
	});
}
