import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Nobody answers at the control address. */
export class ControlUnreachable extends Error {
	/** True: nobody listens there, or whoever did ended during the call. False: somebody does, and does not answer. */
	readonly gone: boolean;

	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		const code = (cause as NodeJS.ErrnoException | undefined)?.code;
		this.gone = code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE';
	}
}

/** The call was refused, or failed on the other side. */
export class ControlFailure extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export interface ControlAddress {
	url: string;
	token: string;
}

/**
 * Makes one control call.
 * @throws ControlUnreachable where no answer comes within `timeoutMs`
 * @throws ControlFailure where the answer is an error
 */
export async function callControl(
	address: ControlAddress,
	method: string,
	path: string,
	body: unknown,
	timeoutMs: number,
): Promise<unknown> {
	let response: ControlResponse;
	try {
		const call = { method, path, timeoutMs, ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }) };
		response = await exchange(address, call);
		// Where a machine stands still, a server may take a request that has just begun for one that does not end; it has done nothing then
		// (https://www.rfc-editor.org/rfc/rfc9110#name-408-request-timeout).
		if (response.status === 408) response = await exchange(address, call);
	} catch (cause) {
		throw new ControlUnreachable(`no answer from ${address.url}${path} within ${timeoutMs} ms`, cause);
	}
	const { status, answer } = response;
	if (status >= 200 && status < 300) return answer;
	if (status === 401) throw new ControlFailure('UNAUTHORIZED', `${address.url} does not accept the token`);
	const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
	throw new ControlFailure(code ?? String(status), message ?? `status ${status}`);
}

interface ControlResponse {
	status: number;
	/** `{}` where the body is no JSON. */
	answer: unknown;
}

/**
 * Not by `fetch`, which takes several times as long, and the longest at its first call: a cutover makes a score of calls,
 * some of them while nothing serves.
 */
function exchange(
	{ url, token }: ControlAddress,
	{ method, path, body, timeoutMs }: { method: string; path: string; body?: string; timeoutMs: number },
): Promise<ControlResponse> {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
		const call = request(`${url}${path}`, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
			text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer: parse(answer) }), reject);
		});
		call.on('error', reject).end(body);
	});
}

function parse(answer: string): unknown {
	try {
		return JSON.parse(answer);
	} catch {
		return {};
	}
}
