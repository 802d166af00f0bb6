/** Nobody answers at the control address. */
export class ControlUnreachable extends Error {
	/** True: nobody listens there, or whoever did ended during the call. False: somebody does, and does not answer. */
	readonly gone: boolean;

	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		const code = ((cause as Error | undefined)?.cause as NodeJS.ErrnoException | undefined)?.code;
		this.gone = code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET';
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
	let response: Response;
	let answer: unknown;
	try {
		response = await fetch(`${address.url}${path}`, {
			method,
			headers: { authorization: `Bearer ${address.token}`, 'content-type': 'application/json' },
			...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
			signal: AbortSignal.timeout(timeoutMs),
		});
		answer = await response.json().catch(() => ({}));
	} catch (cause) {
		throw new ControlUnreachable(`no answer from ${address.url}${path} within ${timeoutMs} ms`, cause);
	}
	if (response.ok) return answer;
	if (response.status === 401) throw new ControlFailure('UNAUTHORIZED', `${address.url} does not accept the token`);
	const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
	throw new ControlFailure(code ?? String(response.status), message ?? `status ${response.status}`);
}
