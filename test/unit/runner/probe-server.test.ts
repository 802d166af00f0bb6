import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../../src/lib/control/server.ts';
import type { InstanceState } from '../../../src/lib/targets/instance.ts';
import { createProbeServer } from '../../../src/runner/probe-server.ts';

let state: InstanceState;
const server = createProbeServer(() => state);
beforeAll(() => listenOnLoopback(server));
afterAll(() => server.close());

function ask(path: string, method = 'GET'): Promise<[number | undefined, string]> {
	const { port } = server.address() as AddressInfo;
	return new Promise((resolve, reject) => {
		const call = request({ port, path, method, agent: false }, async (answer) => resolve([answer.statusCode, await text(answer)]));
		call.on('error', reject).end();
	});
}

describe('what a kubelet is told', () => {
	it.each<[InstanceState, number, number]>([
		['starting', 200, 503],
		['standby', 200, 200],
		['gated', 200, 200],
		['activating', 200, 200],
		['active', 200, 200],
		['quiesced', 200, 200],
		['demoting', 200, 200],
		['failed', 503, 503],
		['stopping', 200, 503],
	])('of one that is %s: live %i, ready %i, and not a word', async (current, live, ready) => {
		state = current;
		expect(await ask('/live')).toEqual([live, '']);
		expect(await ask('/ready')).toEqual([ready, '']);
	});

	it.each([
		['/', 'GET'],
		['/status', 'GET'],
		['/live?x', 'GET'],
		['/live', 'POST'],
		['/constructor', 'GET'],
	])('is nothing about %s by %s', async (path, method) => {
		state = 'active';
		expect(await ask(path, method)).toEqual([404, '']);
	});
});
