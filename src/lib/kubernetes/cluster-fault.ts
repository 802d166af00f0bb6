import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Cluster } from './cluster.ts';

/** What the messages need to know of a cluster. */
export type Place = Pick<Cluster, 'name' | 'namespace'>;

interface Explanation {
	code: string;
	message: string;
	hint: string;
}

/** What the API server says where it refuses: a `v1.Status`. */
interface Status {
	message?: string;
	details?: { kind?: string; name?: string };
}

/** An answer that refuses, as client-node's ApiException has it, too. */
export interface Answer {
	/** The HTTP status. */
	code: number;
	/** Parsed, or as it came. */
	body: unknown;
}

/** Whether the API server answered a call with one of these statuses. */
export function answeredWith(error: unknown, ...statuses: number[]): boolean {
	return statuses.includes(statusOf(error) ?? 0);
}

/**
 * Whether a version of an object, or of a collection, is older than another. They are numbers that grow: of the cluster's own
 * database, and since 1.35 by contract.
 */
export function isOlder(version: string, than: string): boolean {
	return /^\d+$/.test(version) && /^\d+$/.test(than) ? BigInt(version) < BigInt(than) : version !== than;
}

/** Runs work with a cluster; its faults come as `explainClusterFault` says them. */
export async function withClusterFaults<T>(cluster: Place, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw explainClusterFault(error, cluster);
	}
}

/**
 * Says in the user's words what a cluster, or the way to it, failed with: CLUSTER_UNREACHABLE, CLUSTER_UNAUTHORIZED,
 * CLUSTER_FORBIDDEN, NAMESPACE_MISSING, CLUSTER_BUSY, CLUSTER_REFUSED, KUBECONFIG_UNREADABLE. A conflict (409) and an object that is not
 * there (404) stay as they are, for the caller to judge; so does what is not known.
 */
export function explainClusterFault(error: unknown, cluster: Place): unknown {
	if (error instanceof FlowferryError) return error;
	const status = statusOf(error);
	const explanation = status === undefined ? explainConnection(error, cluster) : explainAnswer(error as Answer, cluster);
	// Without the cause: client-node's errors carry whole answers in their texts, and a Secret may be in one.
	return explanation === null ? error : new FlowferryError(explanation);
}

/** A DOMException has a number, too, a small one, which says something else. */
function statusOf(error: unknown): number | undefined {
	const { code } = (error ?? {}) as { code?: unknown };
	return typeof code === 'number' && code >= 100 ? code : undefined;
}

function explainAnswer({ code: status, body }: Answer, cluster: Place): Explanation | null {
	const { name } = cluster;
	const said = readStatus(body);
	switch (true) {
		case status === 401:
			return {
				code: 'CLUSTER_UNAUTHORIZED',
				message: `the cluster of ${name} does not know this user: its token or certificate is missing, wrong, or has ended`,
				hint: 'sign in again (`kubectl version` with the same context says more), or get a new kubeconfig',
			};
		case status === 403:
			return forbidden(said.message ?? '', cluster);
		case status === 404 && said.details?.kind === 'namespaces':
			return missingNamespace(said.details.name ?? cluster.namespace, name);
		case status === 404 || status === 409:
			return null;
		case status === 429:
			return {
				code: 'CLUSTER_BUSY',
				message: `the API server of ${name} has too much to do, and turned a call away (429)`,
				hint: 'run the same command again later; where it stays so, see who asks so much (`kubectl get --raw /metrics`, apiserver_flowcontrol)',
			};
		case status >= 502 && status <= 504:
			return {
				code: 'CLUSTER_UNREACHABLE',
				message: `the API server of ${name} is not ready (HTTP ${status})`,
				hint: 'wait until it is (`kubectl get --raw /readyz`), then run the same command again',
			};
		default:
			return {
				code: 'CLUSTER_REFUSED',
				message: `the API server of ${name} refused a call (HTTP ${status}): ${withoutInput(said.message ?? 'it does not say why')}`,
				hint: 'correct what it names; the log of the API server may say more',
			};
	}
}

export function missingNamespace(namespace: string, clusterName: string): FlowferryError & Explanation {
	return new FlowferryError({
		code: 'NAMESPACE_MISSING',
		message: `${clusterName} has no namespace ${namespace}`,
		hint: `create it (\`kubectl create namespace ${namespace}\`), or name another one in kubernetes.namespace`,
	}) as FlowferryError & Explanation;
}

function forbidden(said: string, { name, namespace }: Place): Explanation {
	const who = /User "([^"]*)"/.exec(said)?.[1];
	const what = /cannot (\S+) resource "([^"]*)"/.exec(said);
	if (!what) {
		return {
			code: 'CLUSTER_FORBIDDEN',
			message: `${name} does not allow a call in the namespace ${namespace}: ${withoutInput(said) || 'it does not say why'}`,
			hint: 'a quota, a policy or an admission webhook of the cluster says no: change what it names, or ask who runs the cluster',
		};
	}
	const [, verb = '', resource = ''] = what;
	const group = /in API group "([^"]+)"/.exec(said)?.[1];
	const where = /in the namespace "([^"]*)"/.exec(said)?.[1];
	const qualified = group ? `${resource}.${group}` : resource;
	return {
		code: 'CLUSTER_FORBIDDEN',
		message: `${name}: ${who ?? 'this user'} may not ${verb} ${qualified} ${where ? `in the namespace ${where}` : 'in the whole cluster'}`,
		hint: `let a Role allow it, and bind it to that user; \`kubectl auth can-i ${verb} ${qualified}${where ? ` -n ${where}` : ''}\` asks`,
	};
}

/** In a decoder's complaint a part of the request is repeated, and that may be a Secret. */
function withoutInput(said: string): string {
	return said.replace(/,? ?error found in #\d+ byte of[\s\S]*$/, '').slice(0, 1000);
}

function readStatus(body: unknown): Status {
	if (typeof body === 'object' && body !== null && !ArrayBuffer.isView(body)) return body as Status;
	const text = ArrayBuffer.isView(body) ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : body;
	if (typeof text !== 'string') return {};
	try {
		const parsed: unknown = JSON.parse(text);
		return typeof parsed === 'object' && parsed !== null ? (parsed as Status) : {};
	} catch {
		return { message: text.trim().split('\n', 1)[0] ?? '' };
	}
}

/** How the way to the cluster fails, by the code of the error or of what caused it. First match counts. */
const connectionRules: { when: RegExp; explain(name: string): Explanation }[] = [
	{
		when: /^(?:TimeoutError|AbortError|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/,
		explain: (name) =>
			unreachable(`the API server of ${name} did not answer in time`, 'check that it runs, and that no firewall is between'),
	},
	{
		when: /^(?:ENOTFOUND|EAI_AGAIN)$/,
		explain: (name) =>
			unreachable(`${name}: the server's name is not known here`, "check the kubeconfig's `server`, or connect to its VPN"),
	},
	{
		when: /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
		explain: (name) => unreachable(`nothing listens at ${name}`, "start the cluster, and check the kubeconfig's `server`"),
	},
	{
		when: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_(?:DESTROYED|CLOSED))$/,
		explain: (name) =>
			unreachable(
				`${name} ended the connection in the middle of a call`,
				'it may have been restarted: run the same command again when it runs',
			),
	},
	{
		when: /^(?:CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID|.*(?:SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)).*|CERT_.*)$/,
		explain: (name) =>
			unreachable(
				`the certificate of ${name} is not one that the kubeconfig trusts`,
				"compare the kubeconfig's `server` and `certificate-authority-data` with the cluster's; the certificate may have expired",
			),
	},
	{
		when: /^ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA)/,
		explain: (name) => ({
			code: 'CLUSTER_UNAUTHORIZED',
			message: `${name} refuses the client certificate of the kubeconfig's user`,
			hint: 'get a new kubeconfig: the certificate has expired, or belongs to another cluster',
		}),
	},
	{
		when: /^(?:ERR_OSSL|ERR_CRYPTO|ERR_SSL_NO_)/,
		explain: (name) => ({
			code: 'KUBECONFIG_UNREADABLE',
			message: `a certificate or key of the kubeconfig for ${name} cannot be used`,
			hint: 'get a new kubeconfig; all of its certificates and keys are PEM, as files or base64',
		}),
	},
	{
		when: /^(?:ERR_SSL_|EPROTO)/,
		explain: (name) =>
			unreachable(`${name}: one side speaks TLS and the other does not`, "check the kubeconfig's `server`: https, and its port"),
	},
];

function explainConnection(error: unknown, { name }: Place): Explanation | null {
	const codes = [error, (error as Error | undefined)?.cause].flatMap((one) => {
		const { code, name: kind } = (one ?? {}) as { code?: unknown; name?: unknown };
		return [code, kind].filter((word) => typeof word === 'string');
	});
	return connectionRules.find(({ when }) => codes.some((code) => when.test(code)))?.explain(name) ?? null;
}

function unreachable(message: string, hint: string): Explanation {
	return { code: 'CLUSTER_UNREACHABLE', message, hint };
}
