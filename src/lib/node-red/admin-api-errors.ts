import { FlowferryError } from '../errors/flowferry-error.ts';

/** Network faults by the code that Node's fetch gives as the cause. */
const NETWORK: Record<string, { problem: string; hint: string }> = {
	ECONNREFUSED: { problem: 'nothing listens there', hint: 'Start the dev Node-RED, or correct the address and port in dev.url.' },
	ENOTFOUND: { problem: 'the host name is not known', hint: 'Correct the host name in dev.url.' },
	EAI_AGAIN: { problem: 'the host name cannot be looked up now', hint: 'Check the network and the host name in dev.url.' },
	EHOSTUNREACH: { problem: 'the host cannot be reached', hint: 'Check the network, the firewall and dev.url.' },
	ENETUNREACH: { problem: 'the network cannot be reached', hint: 'Check the network and dev.url.' },
	ECONNRESET: { problem: 'the connection was cut', hint: 'Check that dev.url has the right scheme (http or https) and port.' },
	UND_ERR_SOCKET: { problem: 'the connection was cut', hint: 'Check that dev.url has the right scheme (http or https) and port.' },
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS/;

/** No answer at all. */
export function notReachable(url: string, error: unknown, timeoutMs: number): FlowferryError {
	const facts = { code: 'DEV_NOT_REACHABLE', cause: error };
	if ((error as Error).name === 'TimeoutError') {
		const hint = 'Check that this is the dev Node-RED and that it is not busy, then try again.';
		return new FlowferryError({ ...facts, message: `The dev Node-RED at ${url} did not answer within ${timeoutMs} ms`, hint });
	}
	const code = codeOf(error);
	if (CERTIFICATE.test(code)) {
		const hint = 'Make the certificate authority known: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.';
		return new FlowferryError({ ...facts, message: `The certificate of the dev Node-RED at ${url} is not trusted (${code})`, hint });
	}
	const known = NETWORK[code] ?? { problem: 'the request failed', hint: 'Check dev.url, and that the dev Node-RED runs.' };
	const message = `The dev Node-RED at ${url} cannot be reached: ${known.problem}${code === '' ? '' : ` (${code})`}`;
	return new FlowferryError({ ...facts, message, hint: known.hint });
}

function codeOf(error: unknown): string {
	const { cause } = error as { cause?: { code?: unknown } };
	return typeof cause?.code === 'string' ? cause.code : '';
}

/** Who asked, for the words of a refusal. */
export type SignIn = 'none' | 'token' | 'password';

/** 401 or 403 from the API itself. */
export function notAllowed(url: string, path: string, status: number, signIn: SignIn): FlowferryError {
	if (status === 403 || signIn === 'password') {
		return new FlowferryError({
			code: 'DEV_NOT_PERMITTED',
			message: `The dev Node-RED at ${url} does not permit this user to read ${path} (${status})`,
			hint: "Give the user the permission `read` in the dev Node-RED's adminAuth, or use another one.",
		});
	}
	if (signIn === 'token') {
		return new FlowferryError({
			code: 'DEV_TOKEN_REFUSED',
			message: `The dev Node-RED at ${url} does not accept the token (${status})`,
			hint: 'Set dev.token to a token that is valid there and has not expired; or use dev.username and dev.password.',
		});
	}
	return new FlowferryError({
		code: 'DEV_SIGN_IN_NEEDED',
		message: `The dev Node-RED at ${url} asks for a sign-in (${status})`,
		hint: 'Add `token: ${DEV_TOKEN}` under `dev`, or `username` and `password: ${DEV_PASSWORD}`, and set the variable.',
	});
}

/** The answer of /auth/token to a sign-in; `description` is Node-RED's own. */
export function signInRefused(url: string, username: string, status: number, description: string): FlowferryError {
	if (/too many/i.test(description)) {
		return new FlowferryError({
			code: 'DEV_SIGN_IN_BLOCKED',
			message: `The dev Node-RED at ${url} blocks sign-ins for now: too many failed ones`,
			hint: 'Wait ten minutes, correct dev.username or dev.password, and try again.',
		});
	}
	return new FlowferryError({
		code: 'DEV_PASSWORD_REFUSED',
		message: `The dev Node-RED at ${url} does not accept the password of the user ${username} (${status})`,
		hint: 'Correct dev.username, or the variable that dev.password reads. After five failures Node-RED blocks sign-ins for ten minutes.',
	});
}

/** Something answers, but not as the admin API does. */
export function notNodeRed(url: string, path: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'DEV_NOT_NODE_RED',
		message: `${url} is not a Node-RED admin API: GET ${path} ${problem}`,
		hint: 'If its settings have an httpAdminRoot, add that to dev.url: http://localhost:1880/admin. With httpAdminRoot: false there is no API: use dev.userDir.',
	});
}
