import { FlowferryError } from '../errors/flowferry-error.ts';
import type { SignIn } from './admin-api-errors.ts';
import { notAllowed, notNodeRed, notReachable, signInRefused } from './admin-api-errors.ts';
import { supportedVersion } from './version.ts';

export interface AdminApiOptions {
	/** With the admin root, if there is one. */
	url: string;
	token?: string | undefined;
	username?: string | undefined;
	password?: string | undefined;
	/** For each request; default 15 s. */
	timeoutMs?: number;
}

/** One set of nodes (a file of a module), as GET /nodes describes it. */
export interface NodeSet {
	/** `node-red/inject`. */
	id: string;
	types: string[];
	enabled: boolean;
	/** npm name; `node-red` for the core. */
	module: string;
	version: string;
}

/** What of a running Node-RED's admin API flowferry reads. Every method throws the FlowferryErrors of admin-api-errors.ts. */
export interface AdminApi {
	/** For people: without user or password. */
	readonly url: string;
	/** The npm version. @throws FlowferryError NODE_RED_UNSUPPORTED */
	version(): Promise<string>;
	/** The nodes are unchecked. */
	flows(): Promise<{ flows: unknown; rev: string }>;
	nodes(): Promise<NodeSet[]>;
	/** Node-RED's report of itself; null where it is switched off, or this sign-in may not read it. Throws nothing of its own. */
	diagnostics(): Promise<unknown>;
	/** Ends a sign-in by password. Never fails: Node-RED ends it after 7 days by itself. */
	close(): Promise<void>;
}

/** A client; nothing is asked before the first method is called. */
export function openAdminApi(options: AdminApiOptions): AdminApi {
	const timeoutMs = options.timeoutMs ?? 15_000;
	const url = options.url.replace(/\/+$/, '');
	const signIn: SignIn = options.token !== undefined ? 'token' : options.username !== undefined ? 'password' : 'none';
	let token: Promise<string | undefined> | undefined;

	const request = async (path: string, init: RequestInit): Promise<{ status: number; text: string }> => {
		try {
			const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) });
			return { status: response.status, text: await response.text() };
		} catch (error) {
			throw notReachable(url, error, timeoutMs);
		}
	};

	const post = (path: string, body: object, headers: Record<string, string> = {}) =>
		request(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });

	const obtainToken = async (): Promise<string | undefined> => {
		if (signIn !== 'password') return options.token;
		const { username, password } = options;
		const body = { client_id: 'node-red-admin', grant_type: 'password', scope: 'read', username, password };
		const { status, text } = await post('/auth/token', body);
		// Without adminAuth there is no such route, and nothing asks for a token either.
		if (status === 404) return undefined;
		const answer = parseObject(text);
		if (status !== 200 || typeof answer?.access_token !== 'string') {
			throw signInRefused(url, username ?? '', status, String(answer?.error_description ?? ''));
		}
		return answer.access_token;
	};

	const authorization = async (): Promise<Record<string, string>> => {
		token ??= obtainToken();
		const bearer = await token;
		return bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
	};

	const get = async (path: string): Promise<unknown> => {
		const headers = { Accept: 'application/json', 'Node-RED-API-Version': 'v2', ...(await authorization()) };
		const { status, text } = await request(path, { headers });
		if (status === 401 || status === 403) throw notAllowed(url, path, status, signIn);
		if (status !== 200) throw notNodeRed(url, path, `answers ${status}`);
		try {
			return JSON.parse(text);
		} catch {
			throw notNodeRed(url, path, 'does not answer in JSON');
		}
	};

	return {
		url,
		version: async () => {
			const settings = await get('/settings');
			const version = (settings as { version?: unknown } | null)?.version;
			if (typeof version !== 'string') throw notNodeRed(url, '/settings', 'does not name a version');
			return supportedVersion(version, `The dev Node-RED at ${url}`);
		},
		flows: async () => {
			const answer = (await get('/flows')) as { flows?: unknown; rev?: unknown } | null;
			if (answer === null || typeof answer !== 'object' || typeof answer.rev !== 'string') {
				throw notNodeRed(url, '/flows', 'does not answer with flows and rev');
			}
			return { flows: answer.flows, rev: answer.rev };
		},
		nodes: async () => {
			const sets = await get('/nodes');
			if (!Array.isArray(sets)) throw notNodeRed(url, '/nodes', 'does not answer with a list');
			return sets as NodeSet[];
		},
		diagnostics: async () => {
			try {
				return await get('/diagnostics');
			} catch (error) {
				if (error instanceof FlowferryError) return null;
				throw error;
			}
		},
		close: async () => {
			if (signIn !== 'password' || token === undefined) return;
			try {
				const bearer = await token;
				if (bearer !== undefined) await post('/auth/revoke', { token: bearer }, { Authorization: `Bearer ${bearer}` });
			} catch (error) {
				if (!(error instanceof FlowferryError)) throw error;
			}
		},
	};
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
