import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callControl } from '../../../src/lib/control/client.ts';

describe('a control call', () => {
	let server: Server;
	/** What the server answers with, in turn; the last one again and again. */
	let statuses: number[];
	let bodies: string[];
	beforeEach(async () => {
		bodies = [];
		server = createServer(async (request, response) => {
			let body = '';
			for await (const chunk of request) body += chunk;
			bodies.push(body);
			response.writeHead(statuses.length > 1 ? (statuses.shift() as number) : (statuses[0] as number)).end('{"done":true}');
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	afterEach(() => new Promise((resolve) => server.close(resolve)));

	const call = () => {
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		return callControl({ url, token: 'token' }, 'PUT', '/traffic', { to: 'blue/0' }, 5000);
	};

	it('is made once more where the server says that it has not read all of it', async () => {
		statuses = [408, 200];
		expect(await call()).toEqual({ done: true });
		expect(bodies).toEqual(['{"to":"blue/0"}', '{"to":"blue/0"}']);
	});

	it('is not made a third time', async () => {
		statuses = [408];
		await expect(call()).rejects.toMatchObject({ code: '408' });
		expect(bodies).toHaveLength(2);
	});

	it('is made once where it is refused', async () => {
		statuses = [500, 200];
		await expect(call()).rejects.toMatchObject({ code: '500' });
		expect(bodies).toHaveLength(1);
	});
});
