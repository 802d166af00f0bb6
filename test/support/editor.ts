import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';

const ROOT = 'flowferry-editor';

/** Somebody at an instance's editor, as the editor itself talks to Node-RED. */
export interface Visitor {
	/** `/flows`, below the editor's root. */
	call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
	/** What a change of flows is, in the editor: they are read, changed and deployed as they came. */
	deploy(change: (flows: FlowNode[]) => FlowNode[], type?: 'full' | 'flows' | 'nodes'): Promise<number>;
}

/** @param token null: nobody is signed in */
export function visitorAt(url: string, token: string | null): Visitor {
	const call: Visitor['call'] = async (method, path, body, headers = {}) => {
		const response = await fetch(new URL(`${ROOT}${path}`, url), {
			method,
			headers: {
				accept: 'application/json',
				...(token && { authorization: `Bearer ${token}` }),
				...(body !== undefined && { 'content-type': 'application/json' }),
				...headers,
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
			redirect: 'manual',
		});
		const text = await response.text();
		return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
	};
	return {
		call,
		deploy: async (change, type = 'full') => {
			const v2 = { 'node-red-api-version': 'v2' };
			const { flows, rev } = (await call('GET', '/flows', undefined, v2)).body as { flows: FlowNode[]; rev: string };
			return (await call('POST', '/flows', { flows: change(flows), rev }, { ...v2, 'node-red-deployment-type': type })).status;
		},
	};
}

export async function signIn(url: string, username: string, password: string): Promise<{ status: number; token: string; text: string }> {
	const body = new URLSearchParams({ client_id: 'node-red-editor', grant_type: 'password', scope: '', username, password });
	const response = await fetch(new URL(`${ROOT}/auth/token`, url), { method: 'POST', body });
	const text = await response.text();
	const { access_token: token = '' } = response.ok ? JSON.parse(text) : {};
	return { status: response.status, token, text };
}

/** Signed in at an instance; fails the test where that is refused. */
export async function visit({ editor }: Pick<InstanceStatus, 'editor'>, username: string, password: string): Promise<Visitor> {
	const { status, token, text } = await signIn(editor as string, username, password);
	if (status !== 200) throw new Error(`sign-in ended with ${status}: ${text}`);
	return visitorAt(editor as string, token);
}

/** What `versionFlows` answers becomes another text. */
export const answering =
	(version: string) =>
	(flows: FlowNode[]): FlowNode[] =>
		flows.map((node) => (node.id === 'fn1' ? { ...node, func: `msg.payload = ${JSON.stringify(version)};\nreturn msg;` } : node));
