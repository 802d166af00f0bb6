import { createServer, type Server } from 'node:http';
import { ControlFailure, ControlUnreachable, callControl } from '../../../src/lib/control/client.ts';
import { ControlRefusal, createControlServer, listenOnLoopback } from '../../../src/lib/control/server.ts';

describe('control calls', () => {
	let server: Server;
	let url: string;
	const failures: Error[] = [];
	beforeAll(async () => {
		server = createControlServer(
			'secret',
			{
				'POST /echo': async (body) => body,
				'POST /refused': () => Promise.reject(new ControlRefusal('WRONG_STATE', 'not now')),
				'POST /large': { maxBodyBytes: 400_000, handle: async (body) => (body as string).length },
				'POST /broken': () => Promise.reject(new Error('broken')),
				'POST /never': () => new Promise(() => {}),
			},
			(error) => failures.push(error),
		);
		url = await listenOnLoopback(server);
	});
	afterAll(() => server.close());

	const call = (path: string, body: unknown = {}, token = 'secret') => callControl({ url, token }, 'POST', path, body, 500);

	it('answer those who have the token', async () => {
		expect(await call('/echo', { a: 1 })).toEqual({ a: 1 });
	});

	it.each([undefined, '', 'secret', 'Bearer', 'Bearer ', 'Bearer secret2', 'Bearer secre', 'Basic secret'])(
		'tell nothing to who comes with %p',
		async (authorization) => {
			const answer = await fetch(`${url}/echo`, { method: 'POST', headers: authorization === undefined ? {} : { authorization } });
			expect([answer.status, await answer.text()]).toEqual([401, '']);
		},
	);

	it.each([undefined, 'Bearer', 'Bearer '])('tell nothing to %p where the token is empty: nobody has that', async (authorization) => {
		const open = createControlServer('', { 'GET /status': async () => 'secret' }, () => {});
		const answer = await fetch(`${await listenOnLoopback(open)}/status`, { headers: authorization === undefined ? {} : { authorization } });
		open.close();
		expect(answer.status).toBe(401);
	});

	it('say why they are refused', async () => {
		await expect(call('/refused')).rejects.toMatchObject({ code: 'WRONG_STATE', message: 'not now' });
		await expect(call('/nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(call('/echo', {}, 'wrong')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
		await expect(call('/echo', 'x'.repeat(300_000))).rejects.toMatchObject({ code: 'TOO_LARGE' });
		await expect(call('/large', 'x'.repeat(500_000))).rejects.toMatchObject({
			code: 'TOO_LARGE',
			message: expect.stringContaining('400000 bytes'),
		});
	});

	it('take more where their route says so', async () => {
		expect(await call('/large', 'x'.repeat(300_000))).toBe(300_000);
	});

	it('report what fails, to the caller and to the log', async () => {
		await expect(call('/broken')).rejects.toBeInstanceOf(ControlFailure);
		expect(failures.map(({ message }) => message)).toEqual(['broken']);
	});

	it('tell nobody-there from no-answer', async () => {
		await expect(call('/never')).rejects.toMatchObject({ gone: false });
		const closed = createServer();
		const gone = await listenOnLoopback(closed);
		await new Promise((resolve) => closed.close(resolve));
		const nobody = callControl({ url: gone, token: 'secret' }, 'GET', '/echo', undefined, 500);
		await expect(nobody).rejects.toBeInstanceOf(ControlUnreachable);
		await expect(nobody).rejects.toMatchObject({ gone: true });
	});
});
