import { readFile } from 'node:fs/promises';
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
	const token = await readToken(tokenFile);
	let response: Response;
	let answer: unknown;
	try {
		response = await fetch(`${controlUrl}${call.path}`, {
			method: call.method,
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: 'body' in call ? JSON.stringify(call.body) : null,
			signal: AbortSignal.timeout(answerMs),
		});
		answer = await response.json().catch(() => ({}));
	} catch (error) {
		if (isGone(error)) return null;
		throw new FlowferryError({
			code: 'GATEWAY_UNRESPONSIVE',
			message: `The gateway's control API at ${controlUrl} does not answer: ${(error as Error).message}`,
			hint: 'Look into its log; `flowferry down` ends it and `flowferry up` starts it again.',
			exitStatus: ExitStatus.internal,
			cause: error,
		});
	}
	if (response.ok) return answer as GatewayStatus;
	throw response.status === 401 ? wrongToken(controlUrl, tokenFile) : refused(controlUrl, call, response.status, answer);
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

/** Nobody listens, or whoever did ended during the call. */
function isGone(error: unknown): boolean {
	const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
	return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET';
}

function wrongToken(controlUrl: string, tokenFile: string): FlowferryError {
	return new FlowferryError({
		code: 'GATEWAY_TOKEN_WRONG',
		message: `The gateway at ${controlUrl} does not accept the token of ${tokenFile}`,
		hint: 'The file was replaced while the gateway ran, or another program has the port. End the gateway and run `flowferry up`.',
	});
}

function refused(controlUrl: string, call: ControlCall, status: number, answer: unknown): FlowferryError {
	const reason = (answer as { reason?: string } | null)?.reason ?? `status ${status}`;
	return new FlowferryError({
		code: 'GATEWAY_REFUSED',
		message: `The gateway at ${controlUrl} refused ${call.method} ${call.path}: ${reason}`,
		hint: 'Look into its log. The traffic is as it was before.',
		exitStatus: ExitStatus.internal,
	});
}
