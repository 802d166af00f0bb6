import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ports } from '../../../src/lib/kubernetes/names.ts';
import type { SeenPod } from '../../../src/lib/kubernetes/pods-in-view.ts';
import { membersByPods } from '../../../src/runner/members.ts';

describe('the instances of an environment, by its pods', () => {
	let folder: string;
	let server: Server;
	const asked: (string | undefined)[] = [];
	const tokenFile = () => join(folder, 'token');
	const pod = (instance: string, address: string | null): SeenPod => ({
		...{ instance, name: `plant-${instance.replace('/', '-')}`, address, serves: false, isEnding: false },
	});

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-members-'));
		await writeFile(tokenFile(), 'secret\n');
		server = createServer((request, response) => {
			asked.push(`${request.headers.host} ${request.headers.authorization}`);
			response.end(JSON.stringify({ instance: 'blue/1' }));
		});
		// An address of the loopback that nobody else has at this port.
		await new Promise<void>((resolve) => server.listen(ports.control, '127.0.0.77', resolve));
	});
	afterAll(async () => {
		server.close();
		await rm(folder, { recursive: true });
	});

	it('are those that have an address, and are asked there, wherever a later pod of the name is', async () => {
		let pods = [pod('blue/0', null), pod('blue/1', '127.0.0.78')];
		const members = membersByPods({ all: () => pods }, tokenFile());
		const [found, ...others] = members.all();
		expect([found?.name, others]).toEqual(['blue/1', []]);
		expect(await found?.status()).toBeNull();
		pods = [pod('blue/1', '127.0.0.77')];
		expect(await found?.status()).toEqual({ instance: 'blue/1' });
		expect(asked).toEqual([`127.0.0.77:${ports.control} Bearer secret`]);
		expect(await members.named('green/0').status()).toBeNull();
	});
});
