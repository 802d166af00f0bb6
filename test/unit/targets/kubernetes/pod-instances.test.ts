import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cluster } from '../../../../src/lib/kubernetes/cluster.ts';
import { namesOf, ports } from '../../../../src/lib/kubernetes/names.ts';
import { PodInstances } from '../../../../src/lib/targets/kubernetes/pod-instances.ts';
import type { Tunnels } from '../../../../src/lib/targets/kubernetes/tunnels.ts';

/** Of each pod's control server, where the runner of `blue/0` alone answers. */
async function startRunner() {
	const tokens: (string | undefined)[] = [];
	const server = createServer(({ headers }, answer) => {
		tokens.push(headers.authorization);
		answer.end(JSON.stringify({ instance: 'blue/0', state: 'active' }));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url, tokens, close: () => server.close() };
}

it('asks the runner of each pod by its control port, with the token of the environment, which is read once', async () => {
	const runner = await startRunner();
	try {
		const [read, asked]: [string[], string[]] = [[], []];
		const readNamespacedSecret = async ({ name }: { name: string }) => {
			read.push(name);
			return { data: { token: Buffer.from('a-token').toString('base64') } };
		};
		const to = async (pod: string, port: number) => {
			asked.push(`${pod}:${port}`);
			return runner.url;
		};
		const instances = new PodInstances({
			cluster: { namespace: 'plant', core: { readNamespacedSecret } } as unknown as Cluster,
			names: namesOf('plant'),
			tunnels: { to } as unknown as Tunnels,
			check: async () => {},
		});
		await instances.token();
		expect(await instances.statuses('blue', 2)).toEqual([expect.objectContaining({ state: 'active' }), null]);
		expect(asked.toSorted()).toEqual([`plant-blue-0:${ports.control}`, `plant-blue-1:${ports.control}`]);
		expect(runner.tokens).toEqual(['Bearer a-token', 'Bearer a-token']);
		expect(read).toEqual(['plant-token']);
	} finally {
		runner.close();
	}
});

it('has no instances for a slot without any', () => {
	const parts = { cluster: {} as Cluster, names: namesOf('plant'), tunnels: {} as Tunnels, check: async () => {} };
	expect(new PodInstances(parts).of('green', 0)).toEqual([]);
});
