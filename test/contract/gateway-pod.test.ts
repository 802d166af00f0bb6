import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from '../../src/lib/adapters/package-root.ts';
import { callGateway } from '../../src/lib/routers/gateway/control-client.ts';
import type { TrafficOrder } from '../../src/lib/routers/gateway/protocol.ts';
import { accepts } from '../support/accepts.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort, until } from '../support/gateway.ts';

const LEAVE_MS = 1500;

/** The gateway as a pod has it: at fixed ports, flowing from its start, and given a while to leave. */
describe('the gateway of a pod', () => {
	let folder: string;
	let blue: Backend;
	let green: Backend;
	let port: number;
	let controlUrl: string;
	let gateway: ChildProcess;
	let agent: Agent;

	const tokenFile = () => join(folder, 'token');
	const status = () => callGateway(controlUrl, tokenFile(), { method: 'GET', path: '/status' });
	const order = (body: TrafficOrder) => callGateway(controlUrl, tokenFile(), { method: 'PUT', path: '/traffic', body });
	const start = async () => {
		gateway = spawn(process.execPath, [programPath('gateway'), join(folder, 'config.json')], { stdio: 'ignore' });
		await until(async () => (await status()) !== null);
	};
	/** One request over the agent's connection, where that is still there. */
	const ask = (path = '/'): ClientRequest => request({ port, path, agent }).end();
	const answerOf = async (call: ClientRequest) => {
		const [answer] = (await once(call, 'response')) as [IncomingMessage];
		return { body: await text(answer), connection: answer.headers.connection, socket: call.socket, reused: call.reusedSocket };
	};

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-gateway-pod-'));
		[blue, green] = await Promise.all([startBackend('blue/0'), startBackend('green/0')]);
		port = await freePort();
		const controlPort = await freePort();
		controlUrl = `http://127.0.0.1:${controlPort}`;
		agent = new Agent({ keepAlive: true, maxSockets: 1 });
		await writeFile(tokenFile(), 'a'.repeat(64));
		await writeFile(
			join(folder, 'config.json'),
			JSON.stringify({
				...{ name: 'production', host: '127.0.0.1', port, controlPort, tokenFile: tokenFile(), stateFile: join(folder, 'state.json') },
				traffic: { state: 'flowing', upstreams: [blue.upstream] },
				...{ leaveMs: LEAVE_MS, takeover: { maxMs: 5000, maxRequests: 10 } },
			}),
		);
		await start();
	});
	afterEach(async () => {
		agent.destroy();
		if (gateway.exitCode === null && gateway.signalCode === null) {
			const ended = once(gateway, 'exit');
			gateway.kill('SIGKILL');
			await ended;
		}
		await Promise.all([blue.kill(), green.kill()]);
		await rm(folder, { recursive: true });
	});

	it('flows from its start, and after a crash as it was ordered last', async () => {
		expect((await answerOf(ask())).body).toContain('blue/0');
		await order({ state: 'flowing', upstreams: [green.upstream], moved: true });
		const ended = once(gateway, 'exit');
		gateway.kill('SIGKILL');
		await ended;
		await start();
		expect((await status())?.traffic).toEqual({ state: 'flowing', upstreams: [green.upstream], moved: true });
	});

	it('passes requests on to where they moved, and has their clients connect again; none fails', async () => {
		const first = await answerOf(ask());
		expect((await answerOf(ask())).reused).toBe(true);
		await order({ state: 'flowing', upstreams: [green.upstream], moved: true });
		const moved = await answerOf(ask());
		expect([moved.body.includes('green/0'), moved.connection, moved.reused, moved.socket === first.socket]).toEqual([
			true,
			'close',
			true,
			true,
		]);
		expect((await answerOf(ask())).reused).toBe(false);
		await order({ state: 'flowing', upstreams: [blue.upstream] });
		expect((await status())?.traffic).toEqual({ state: 'flowing', upstreams: [blue.upstream] });
		expect([(await answerOf(ask())).connection, (await answerOf(ask())).reused]).toEqual(['keep-alive', true]);
		expect((await status())?.totals.failed).toBe(0);
	});

	it('closes connections that nobody uses once their clients are to come elsewhere, not before', async () => {
		const { socket } = await answerOf(ask());
		const closed = once(socket!, 'close');
		await sleep(3000);
		expect(socket!.destroyed).toBe(false);
		await order({ state: 'flowing', upstreams: [green.upstream], moved: true });
		await closed;
	});

	it('passes on what waits for an instance that has ended', async () => {
		await blue.kill();
		const waiting = answerOf(ask());
		await until(async () => (await status())?.waiting === 1);
		await order({ state: 'flowing', upstreams: [green.upstream], moved: true });
		expect(await waiting).toMatchObject({ body: expect.stringContaining('green/0'), connection: 'close' });
	});

	it.each([1, 2, 3, 4, 5])('ends in order where it is told to in the very moment in which it can be reached (%i)', async () => {
		const killed = once(gateway, 'exit');
		gateway.kill('SIGKILL');
		await killed;
		gateway = spawn(process.execPath, [programPath('gateway'), join(folder, 'config.json')], { stdio: 'ignore' });
		const ended = once(gateway, 'exit');
		await until(() => accepts({ host: '127.0.0.1', port }));
		gateway.kill('SIGTERM');
		expect(await ended).toEqual([0, null]);
	});

	it('goes on for a while when it is to end, takes orders, and keeps no connection', async () => {
		await answerOf(ask());
		const [ended, began] = [once(gateway, 'exit'), performance.now()];
		gateway.kill('SIGTERM');
		gateway.kill('SIGTERM');
		await sleep(100);
		expect(await answerOf(ask())).toMatchObject({ body: expect.stringContaining('blue/0'), connection: 'close', reused: true });
		await order({ state: 'flowing', upstreams: [green.upstream], moved: true });
		expect((await answerOf(ask())).body).toContain('green/0');
		expect(await ended).toEqual([0, null]);
		expect(performance.now() - began).toBeGreaterThan(LEAVE_MS - 50);
		const refused = connect(port, '127.0.0.1');
		expect((await once(refused, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
	});
});
