import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster } from '../../../../src/lib/kubernetes/connect-cluster.ts';
import { Tunnels } from '../../../../src/lib/targets/kubernetes/tunnels.ts';
import { until } from '../../../support/until.ts';

/** As for a pod whose node is gone: the API server takes the connection, and waits. */
describe('a way to a pod that does not answer', () => {
	const came: Socket[] = [];
	const server = createServer((socket) => void came.push(socket.resume().on('error', () => {})));
	let folder: string;
	let kubeconfig: string;

	beforeAll(async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		folder = await mkdtemp(join(tmpdir(), 'flowferry-tunnels-'));
		kubeconfig = join(folder, 'config');
		const clusters = [{ name: 'c', cluster: { server: `https://127.0.0.1:${(server.address() as AddressInfo).port}` } }];
		const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
		await writeFile(kubeconfig, JSON.stringify({ clusters, users: [{ name: 'u', user: {} }], contexts, 'current-context': 'c' }));
	});
	afterEach(() => came.splice(0));
	afterAll(async () => {
		server.close();
		await rm(folder, { recursive: true });
	});

	async function ask(answerMs: number) {
		const tunnels = new Tunnels(openCluster({ kubeconfig, namespace: 'plant', answerMs, env: {} }));
		const socket = connect(Number(new URL(await tunnels.to('plant-blue-0', 1879)).port), '127.0.0.1');
		await until(() => came.length > 0, 'the API server is asked');
		return { tunnels, socket };
	}

	it('is given up in time', async () => {
		const { tunnels, socket } = await ask(200);
		await once(socket, 'close');
		tunnels.close();
		await until(() => came.every(({ destroyed }) => destroyed), 'all have ended');
	});

	it('keeps no command from ending', async () => {
		const { tunnels } = await ask(60_000);
		tunnels.close();
		await until(() => came.every(({ destroyed }) => destroyed), 'all have ended', 2000);
	});
});
