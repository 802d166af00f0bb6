import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { AdminApi } from '../../../src/lib/node-red/admin-api.ts';
import { openAdminApi } from '../../../src/lib/node-red/admin-api.ts';

/** A server that is no Node-RED, or one that misbehaves; the real ones are in test/e2e. */
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let url: string;

beforeAll(async () => {
	server = createServer((request, response) => answer(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

const replies = (status: number, body: string) => (_: IncomingMessage, response: ServerResponse) =>
	void response.writeHead(status).end(body);

async function faultOf(use: (api: AdminApi) => Promise<unknown>, options = {}): Promise<FlowferryError> {
	const error = (await use(openAdminApi({ url, ...options })).catch((caught) => caught)) as FlowferryError;
	expect(error).toBeInstanceOf(FlowferryError);
	expect(error.exitStatus).toBe(2);
	expect(error.hint).toBeTruthy();
	expect(`${error.message}${error.hint}`).not.toContain('s3cret');
	return error;
}

describe('an address that is not a supported Node-RED', () => {
	it.each([
		['answers 404', replies(404, 'Cannot GET /settings')],
		['answers 502', replies(502, '')],
		['does not answer in JSON', replies(200, '<html>')],
		['does not name a version', replies(200, '{}')],
		['does not name a version', replies(200, 'null')],
	])('%s', async (problem, reply) => {
		answer = reply;
		const error = await faultOf((api) => api.version());
		expect(error).toMatchObject({ code: 'DEV_NOT_NODE_RED', message: `${url} is not a Node-RED admin API: GET /settings ${problem}` });
		expect(error.hint).toContain('httpAdminRoot');
	});

	it('answers with other things for flows and nodes', async () => {
		for (const body of ['null', '[]', '{"flows":[]}']) {
			answer = replies(200, body);
			expect((await faultOf((api) => api.flows())).code).toBe('DEV_NOT_NODE_RED');
		}
		answer = replies(200, '{}');
		expect((await faultOf((api) => api.nodes())).code).toBe('DEV_NOT_NODE_RED');
	});

	it.each(['3.1.0', '6.0.0'])('runs version %s', async (version) => {
		answer = replies(200, JSON.stringify({ version }));
		expect(await faultOf((api) => api.version())).toMatchObject({
			code: 'NODE_RED_UNSUPPORTED',
			message: expect.stringMatching(new RegExp(`${url} runs Node-RED ${version}; .*4 and 5`)),
		});
	});
});

describe('an address that does not answer', () => {
	it('refuses connections', async () => {
		const closed = createServer();
		await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
		const free = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
		await new Promise((resolve) => closed.close(resolve));
		expect(await faultOf((api) => api.version(), { url: free, token: 's3cret' })).toMatchObject({
			code: 'DEV_NOT_REACHABLE',
			message: `The dev Node-RED at ${free} cannot be reached: nothing listens there (ECONNREFUSED)`,
		});
	});

	it('has a name that nobody knows', async () => {
		const error = await faultOf((api) => api.version(), { url: 'http://nowhere.invalid:1880' });
		expect(error.code).toBe('DEV_NOT_REACHABLE');
		expect(error.message).toMatch(/nowhere\.invalid:1880 .*(ENOTFOUND|EAI_AGAIN)/);
	});

	it('takes too long', async () => {
		answer = () => undefined;
		expect(await faultOf((api) => api.flows(), { timeoutMs: 50 })).toMatchObject({
			code: 'DEV_NOT_REACHABLE',
			message: `The dev Node-RED at ${url} did not answer within 50 ms`,
		});
	});

	it('takes too long in the middle of its answer', async () => {
		answer = (_, response) => void response.writeHead(200).write('{"flows":[');
		expect((await faultOf((api) => api.flows(), { timeoutMs: 50 })).message).toContain('within 50 ms');
	});

	it('hangs up', async () => {
		answer = (request) => void request.socket.destroy();
		expect((await faultOf((api) => api.flows())).message).toContain('the connection was cut');
	});
});

describe('a sign-in', () => {
	it('by password asks for a token once, reads, and revokes it', async () => {
		const asked: string[] = [];
		answer = (request, response) => {
			asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
			const body = request.url === '/auth/token' ? { access_token: 'T' } : request.url === '/settings' ? { version: '5.0.1' } : [];
			response.end(JSON.stringify(body));
		};
		const api = openAdminApi({ url: `${url}/`, username: 'ada', password: 's3cret' });
		expect([await api.version(), await api.nodes()]).toEqual(['5.0.1', []]);
		await api.close();
		expect(asked).toEqual(['POST /auth/token -', 'GET /settings Bearer T', 'GET /nodes Bearer T', 'POST /auth/revoke Bearer T']);
	});

	it('is not needed where there is no route for it', async () => {
		answer = (request, response) => void response.writeHead(request.url === '/settings' ? 200 : 404).end('{"version":"5.0.0"}');
		expect(await openAdminApi({ url, username: 'ada', password: 's3cret' }).version()).toBe('5.0.0');
	});

	it('says who may not read', async () => {
		answer = replies(403, 'Forbidden');
		expect((await faultOf((api) => api.flows(), { token: 's3cret' })).code).toBe('DEV_NOT_PERMITTED');
	});

	it('says when Node-RED blocks sign-ins', async () => {
		answer = replies(500, '{"error":"server_error","error_description":"Too many login attempts. Wait 10 minutes and try again"}');
		expect((await faultOf((api) => api.flows(), { username: 'ada', password: 's3cret' })).code).toBe('DEV_SIGN_IN_BLOCKED');
	});

	it('never fails in closing', async () => {
		answer = replies(500, '');
		const api = openAdminApi({ url, username: 'ada', password: 's3cret' });
		await api.flows().catch(() => undefined);
		await api.close();
	});
});
